import type { Edn } from "./data.ts";
import { printKey } from "./printer.ts";
import { readFirst } from "./reader.ts";

export { type Edn, EdnError, type EdnMap, type EdnTag, tagOf } from "./data.ts";
export { printEdn } from "./printer.ts";

/**
 * Reads the first form of a text, as `clojure.edn/read-string` does. Returns undefined if there is none.
 *
 * @throws EdnError if the text is no EDN. No text makes it throw another error.
 */
export function readEdn(text: string): Edn | undefined {
  return readFirst(text, printKey);
}
