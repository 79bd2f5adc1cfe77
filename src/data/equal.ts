import { isDeepStrictEqual } from "node:util";

import { isPlainList, isPlainObject } from "../shared/values.ts";

/**
 * Whether two values would be stored as the same. The order of keys does not matter, and an undefined property is
 * absent. Values that JSON does not know (a Date, under a codec) are compared by `isDeepStrictEqual` of `node:util`.
 */
export function equal(a: unknown, b: unknown): boolean {
  return a === b || equalBelow(a, b, []);
}

function equalBelow(a: unknown, b: unknown, above: object[]): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const lists = isPlainList(a) && isPlainList(b);
  const objects = !lists && isPlainObject(a) && isPlainObject(b);
  if (!lists && !objects) return isDeepStrictEqual(a, b);
  // Under a codec a session may contain itself: two objects that are being compared further up are not compared again.
  if (isAbove(a, b, above)) return true;
  above.push(a, b);
  const result = lists ? equalLists(a, b, above) : objects && equalObjects(a, b, above);
  above.length -= 2;
  return result;
}

function isAbove(a: object, b: object, above: readonly object[]): boolean {
  for (let index = 0; index < above.length; index += 2) {
    if (above[index] === a && above[index + 1] === b) return true;
  }
  return false;
}

function equalLists(a: readonly unknown[], b: readonly unknown[], above: object[]): boolean {
  if (a.length !== b.length) return false;
  // By index, because `every` leaves out the holes of a list.
  for (let index = 0; index < a.length; index++) {
    if (!equalBelow(a[index], b[index], above)) return false;
  }
  return true;
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>, above: object[]): boolean {
  for (const key of Object.keys(a)) {
    if (a[key] !== undefined && !(Object.hasOwn(b, key) && equalBelow(a[key], b[key], above))) return false;
  }
  return Object.keys(b).every((key) => b[key] === undefined || (Object.hasOwn(a, key) && a[key] !== undefined));
}
