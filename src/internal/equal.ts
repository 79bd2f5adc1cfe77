import { isDeepStrictEqual } from "node:util";

import { isPlainObject } from "./plain.ts";

/**
 * Whether two values would be stored alike: the order of keys does not matter, and a property that is
 * undefined is absent. What JSON does not know (a Date, under a codec) is compared as `node:util` does.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (isPlainObject(a)) return isPlainObject(b) && equalObjects(a, b);
  return isDeepStrictEqual(a, b);
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => equal(value, b[index]));
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  for (const key of Object.keys(a)) {
    if (a[key] !== undefined && !(Object.hasOwn(b, key) && equal(a[key], b[key]))) return false;
  }
  return Object.keys(b).every((key) => b[key] === undefined || (Object.hasOwn(a, key) && a[key] !== undefined));
}
