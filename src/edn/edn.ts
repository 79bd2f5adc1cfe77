import type { SessionData } from "../types.ts";
import { type Edn, EdnError, tagOf } from "./data.ts";
import { printKey } from "./printer.ts";
import { readFirst } from "./reader.ts";
import { isPlainObject } from "../shared/values.ts";

/**
 * The first form of a text, as `clojure.edn/read-string` reads it; undefined where there is none.
 *
 * @throws EdnError where the text is no EDN, and nothing else whatever the text is
 */
export function readEdn(text: string): Edn | undefined {
  return readFirst(text, printKey);
}

/** A session from EDN; undefined where the text is no EDN, or no map. */
export function sessionFromEdn(text: string): SessionData | undefined {
  try {
    const value = readEdn(text);
    return isPlainObject(value) && tagOf(value) === undefined ? value : undefined;
  } catch (error) {
    if (error instanceof EdnError) return undefined;
    throw error;
  }
}
