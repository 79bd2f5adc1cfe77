import { isPlainObject } from "./plain.ts";

/**
 * Freezes a session through and through, so that a handler that changes it in place is told so at once:
 * such a change could be neither seen nor stored.
 */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
  return value;
}
