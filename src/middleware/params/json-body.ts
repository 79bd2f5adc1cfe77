import { RequestError } from "../../errors.ts";
import type { Json } from "../../types.ts";
import { decoderOf } from "./request-body.ts";

const DEEPEST_JSON = 100;

/**
 * Returns the data of a JSON body, or undefined if it is empty. Members named `__proto__` are left out: a copy by
 * `Object.assign` would get its prototype from them.
 *
 * @throws RequestError 400 if the body is no JSON or nested deeper than 100, 415 for an unknown charset
 */
export function parseJson(bytes: Buffer, charset = "utf-8"): Json | undefined {
  const decoder = decoderOf(charset, { fatal: true });
  try {
    const text = decoder.decode(bytes);
    return text === "" ? undefined : cleaned(JSON.parse(text) as Json);
  } catch (cause) {
    throw new RequestError(400, "The body is no JSON, or nested too deep.", { cause });
  }
}

/**
 * Removes members named `__proto__`, level by level. It does not call itself: the client decides how deep the data are.
 */
function cleaned(data: Json): Json {
  let level: unknown[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_JSON) throw new RangeError("nested too deep");
    level = level.flatMap((value) => {
      if (typeof value !== "object" || value === null) return [];
      if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
      return Object.values(value) as unknown[];
    });
  }
  return data;
}
