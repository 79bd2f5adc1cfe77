import { isPlainObject } from "../shared/values.ts";

/** Objects that are frozen at every depth and are given out more than once. */
const frozen = new WeakSet<object>();

/**
 * Freezes a session at every depth. A handler that changes it in place gets an error at once: such a change could
 * neither be seen nor stored.
 */
export function freeze<T>(value: T): T {
  if (!frozen.has(value as object)) freezeBelow(value, []);
  return value;
}

/** Freezes a session that is given out more than once. `freeze` does not walk it again. It must be plain data. */
export function freezeForGood<T extends object>(value: T): T {
  freezeBelow(value, []);
  frozen.add(value);
  return value;
}

function freezeBelow(value: unknown, above: unknown[]): void {
  // A frozen object is walked all the same: a schema or a store may have frozen the outermost object alone.
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
