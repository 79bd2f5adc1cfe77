import type { Edn } from "./data.ts";
import { printKey } from "./printer.ts";
import { readFirst } from "./reader.ts";

export { type Edn, EdnError, type EdnMap, type EdnTag, tagOf } from "./data.ts";
export { printEdn } from "./printer.ts";

/**
 * The first form of a text, as `clojure.edn/read-string` reads it; undefined where there is none.
 *
 * @throws EdnError where the text is no EDN, and nothing else whatever the text is
 */
export function readEdn(text: string): Edn | undefined {
  return readFirst(text, printKey);
}
