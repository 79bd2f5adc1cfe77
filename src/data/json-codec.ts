import { SessionDataError } from "../errors.ts";
import type { SessionCodec, SessionData } from "../types.ts";
import { placeIn } from "./place.ts";
import { isPlainList, isPlainObject, kindOf } from "../shared/values.ts";

const MAX_DEPTH = 500;

/** Codec that stores use by default: sessions as JSON text. */
export const jsonCodec: SessionCodec = { encode: toJson, decode: fromJson };

/**
 * Returns a codec that has both its functions. Default: JSON.
 *
 * @throws TypeError
 */
export function checkedCodec(where: string, codec: SessionCodec = jsonCodec): SessionCodec {
  if (typeof codec?.encode === "function" && typeof codec.decode === "function") return codec;
  throw new TypeError(`${where}: codec must be { encode, decode }, two functions, got ${kindOf(codec)}`);
}

/**
 * Returns a session as JSON text. It refuses values that JSON would drop or change: a Date, a Map, NaN, a cycle.
 *
 * @throws SessionDataError naming the path of the first such value
 */
function toJson(session: SessionData): string {
  const fault = faultOf(session, []);
  if (fault !== undefined) throw dataError(fault);
  return JSON.stringify(session);
}

/**
 * Returns the session of a JSON text. `JSON.parse` makes a `__proto__` key a plain property, never a prototype.
 *
 * @throws TypeError if the text holds no session. The message shows nothing of the text.
 */
function fromJson(text: string): SessionData {
  const value = jsonOf(text);
  if (!isPlainObject(value)) throw new TypeError(`stored session is ${kindOf(value)}, not an object`);
  return value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the session.
    throw new TypeError("stored session is not JSON");
  }
}

/**
 * A value that JSON cannot carry back, and its place. The path is built on the way out, so that good data cost none.
 */
interface Fault {
  readonly path: (string | number)[];
  readonly what: string;
  /** How many steps of the path the message shows. Default: all of them. */
  readonly pathShown?: number;
}

function faultOf(value: unknown, above: object[]): Fault | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  const list = isPlainList(value);
  if (!list && !isPlainObject(value)) return { path: [], what: `is ${kindOf(value)}` };
  if (above.includes(value)) return { path: [], what: "contains itself" };
  if (above.length === MAX_DEPTH) return { path: [], what: `is nested more than ${MAX_DEPTH} deep`, pathShown: 4 };
  if (Object.getOwnPropertySymbols(value).length > 0) return { path: [], what: "has a symbol for a key" };
  above.push(value);
  const fault = list ? faultInList(value, above) : faultInObject(value, above);
  above.pop();
  return fault;
}

function faultInList(list: readonly unknown[], above: object[]): Fault | undefined {
  // By index, so that a hole in a list is seen: JSON would make it null.
  for (let index = 0; index < list.length; index++) {
    const fault = faultOf(list[index], above);
    if (fault !== undefined) return below(index, fault);
  }
  const further = Object.keys(list)[list.length];
  return further === undefined ? undefined : { path: [further], what: "is a property of a list" };
}

function faultInObject(object: Record<string, unknown>, above: object[]): Fault | undefined {
  for (const key of Object.keys(object)) {
    const fault = object[key] === undefined ? undefined : faultOf(object[key], above);
    if (fault !== undefined) return below(key, fault);
  }
  return undefined;
}

function below(key: string | number, fault: Fault): Fault {
  fault.path.unshift(key);
  return fault;
}

function dataError({ path, what, pathShown }: Fault): SessionDataError {
  const cure = "JSON cannot carry it back: keep text, numbers, lists and plain objects, or give the store a codec";
  return new SessionDataError(`${placeIn(path.slice(0, pathShown))} ${what}; ${cure}`);
}
