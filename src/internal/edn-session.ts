import type { SessionData } from "../types.ts";
import { EdnError, tagOf } from "./edn.ts";
import { printEdn } from "./edn-print.ts";
import { readEdn } from "./edn-read.ts";
import { isPlainObject } from "./plain.ts";

/**
 * A session as EDN.
 *
 * @throws SessionDataError naming the place of the first value that Clojure could not read back equal
 */
export function sessionToEdn(session: SessionData): string {
  return printEdn(session);
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
