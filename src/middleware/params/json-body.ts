import { RequestError } from "../../errors.ts";
import type { Json } from "../../types.ts";
import { decoderOf } from "./request-body.ts";

const DEEPEST_JSON = 100;

/**
 * The data of a JSON body; undefined where it is empty. Members named `__proto__` are left out: whoever copies the
 * object with `Object.assign` would get a prototype from them.
 *
 * @throws RequestError 400 for what is no JSON or nested over 100 deep, 415 for an unknown charset
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

/** Level by level, and not by calls in calls: how deep the data is, the client decides. */
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
