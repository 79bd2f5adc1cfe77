import { deepStrictEqual } from "node:assert/strict";

import { handleOf } from "../../crypto/session-key.ts";
import { indexedLaw, newKey, type StoreLaw } from "./law.ts";
import { listFor, revokeFor, writeFor } from "./calls.ts";

/** Law about the names of principals. A store may refuse a name when it writes. */
export const principalLaws: readonly StoreLaw[] = [
  indexedLaw("principals are kept apart, whatever they are called", async (store) => {
    const handles = new Map<string, string>();
    const ofNobody = await writeFor(store, undefined, { ofNobody: true }, 0);
    for (const principal of hostileNames(newKey())) {
      const key = await writeFor(store, principal, { principal: principal.slice(0, 50) }, 0).catch(() => undefined);
      if (key !== undefined) handles.set(principal, handleOf(key));
    }
    // The store may have older sessions of such names. Only those that were made here count.
    const made = new Set([handleOf(ofNobody), ...handles.values()]);
    for (const [principal, handle] of handles) {
      const listed = (await listFor(store, principal, 1)).map((each) => each.handle).filter((each) => made.has(each));
      deepStrictEqual(listed, [handle], `the list of ${JSON.stringify(principal.slice(0, 50))}`);
    }
    for (const [principal, handle] of handles) {
      const revoked = (await revokeFor(store, principal, {}, 2)).filter((each) => made.has(each));
      deepStrictEqual(revoked, [handle], `revoking ${JSON.stringify(principal.slice(0, 50))}`);
    }
  }),
];

/** Returns names that a careless store confuses with each other, with no name, with a pattern or with its own keys. */
function hostileNames(base: string): readonly string[] {
  const endings = ["", "a", "*", "?", "[a]", "%", "_", "'", '"', "\\", ":", "/", "{a}", "$1", " ", "\t", "\n", "\r\n"];
  const wide = ["\0", "\0a", "é", "e\u0301", "ß", "ss", "😀", "\ud83d", "\ud800", "\ud801", "\udfff", "\ufffd"];
  const long = base + "x".repeat(10_000);
  const inherited = ["", "*", "%", "__proto__", "constructor", "undefined", "null", "0"];
  const cased = [`${base}A`, ` ${base}`, `${base}a`.toUpperCase(), `${base}a`.toLowerCase()];
  return [...[...endings, ...wide].map((ending) => base + ending), ...inherited, ...cased, long, `${long}y`];
}
