import { isPlainObject } from "../shared/values.ts";

/** What is frozen through and through and will be asked about again. */
const frozen = new WeakSet<object>();

/**
 * Freezes a session through and through, so that a handler that changes it in place is told so at once:
 * such a change could be neither seen nor stored.
 */
export function freeze<T>(value: T): T {
  if (!frozen.has(value as object)) freezeBelow(value, []);
  return value;
}

/** The same for a session that is given out more than once: it is gone through once. It must be plain data. */
export function freezeForGood<T extends object>(value: T): T {
  freezeBelow(value, []);
  frozen.add(value);
  return value;
}

function freezeBelow(value: unknown, above: unknown[]): void {
  // What is frozen already is gone through all the same: a schema or a store may have frozen the outermost object alone.
  if (!(Array.isArray(value) || isPlainObject(value)) || above.includes(value)) return;
  Object.freeze(value);
  above.push(value);
  if (Array.isArray(value)) for (const member of value) freezeMember(member, above);
  else for (const key of Object.keys(value)) freezeMember(value[key], above);
  above.pop();
}

function freezeMember(member: unknown, above: unknown[]): void {
  if (typeof member === "object" && member !== null) freezeBelow(member, above);
}
