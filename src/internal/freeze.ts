import { isPlainObject } from "./plain.ts";

/**
 * Freezes a session through and through, so that a handler that changes it in place is told so at once:
 * such a change could be neither seen nor stored.
 */
export function freeze<T>(value: T): T {
  freezeBelow(value, []);
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
