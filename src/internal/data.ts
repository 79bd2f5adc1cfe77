import { SessionDataError } from "../errors.ts";
import type { SessionCodec, SessionData } from "../types.ts";
import { placeIn } from "./data-path.ts";
import { isPlainList, isPlainObject, kindOf } from "./plain.ts";

const DEEPEST = 500;

/** How stores write sessions down unless they are told otherwise. */
export const jsonCodec: SessionCodec = { encode: toJson, decode: fromJson };

/**
 * Refuses what is no codec.
 *
 * @throws TypeError
 */
export function checkedCodec(where: string, codec: SessionCodec = jsonCodec): SessionCodec {
  if (typeof codec?.encode === "function" && typeof codec.decode === "function") return codec;
  throw new TypeError(`${where}: codec must be { encode, decode }, two functions, got ${kindOf(codec)}`);
}

/**
 * A session as JSON text. What JSON would drop or change (a Date, a Map, NaN, a cycle) is refused by name instead.
 *
 * @throws SessionDataError naming the path of the first such value
 */
function toJson(session: SessionData): string {
  // Only what is refused is gone through with its path in mind.
  if (!isJson(session, 0)) check(session, [], []);
  return JSON.stringify(session);
}

/**
 * A session from its JSON text. `JSON.parse` makes a `__proto__` key a plain property, never a prototype.
 *
 * @throws TypeError where the text is no session's; it shows nothing of the text
 */
function fromJson(text: string): SessionData {
  const value = parsed(text);
  if (!isPlainObject(value)) throw new TypeError(`stored session is ${kindOf(value)}, not an object`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the session.
    throw new TypeError("stored session is not JSON");
  }
}

/** Whether JSON carries a value back; no, where it is nested too deep to tell. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value !== "object") {
    return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  }
  if (value === null) return true;
  if (depth === DEEPEST || Object.getOwnPropertySymbols(value).length > 0) return false;
  if (isPlainList(value)) return isJsonList(value, depth);
  if (!isPlainObject(value)) return false;
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !isJson(value[key], depth + 1)) return false;
  }
  return true;
}

function isJsonList(list: readonly unknown[], depth: number): boolean {
  // By index, so that a hole in a list is seen: JSON would make it null.
  for (let index = 0; index < list.length; index++) if (!isJson(list[index], depth + 1)) return false;
  return Object.keys(list).length === list.length;
}

function check(value: unknown, path: (string | number)[], above: object[]): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  const list = isPlainList(value);
  if (!list && !isPlainObject(value)) throw refusal(path, `is ${kindOf(value)}`);
  if (above.includes(value)) throw refusal(path, "contains itself");
  if (above.length === DEEPEST) throw refusal(path.slice(0, 4), `is nested more than ${DEEPEST} deep`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw refusal(path, "has a symbol for a key");
  above.push(value);
  if (list) checkList(value, path, above);
  else checkObject(value, path, above);
  above.pop();
}

function checkList(list: readonly unknown[], path: (string | number)[], above: object[]): void {
  for (let index = 0; index < list.length; index++) checkMember(list[index], index, path, above);
  const further = Object.keys(list)[list.length];
  if (further !== undefined) throw refusal([...path, further], "is a property of a list");
}

function checkObject(object: Record<string, unknown>, path: (string | number)[], above: object[]): void {
  for (const key of Object.keys(object)) {
    if (object[key] !== undefined) checkMember(object[key], key, path, above);
  }
}

function checkMember(value: unknown, key: string | number, path: (string | number)[], above: object[]): void {
  path.push(key);
  check(value, path, above);
  path.pop();
}

function refusal(path: readonly (string | number)[], what: string): SessionDataError {
  const cure = "JSON cannot carry it back: keep text, numbers, lists and plain objects, or give the store a codec";
  return new SessionDataError(`${placeIn(path)} ${what}; ${cure}`);
}
