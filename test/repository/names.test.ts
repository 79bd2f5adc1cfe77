import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sourceFiles } from "./files.ts";

/** Names that are declared in several files, because they mean the same in each. Anything else needs a name of its own. */
const sameEverywhere = new Set([
  // What each adapter calls its own.
  "session",
  "antiForgery",
  "AntiForgeryOptions",
  "SessionMiddleware",
  "discardChanges",
  // h3 shows it as its own type: an event of h3 with a session.
  "SessionEvent",
  // Of the two stores in cookies, and of the two in SQL.
  "isStale",
  "createSweep",
]);

test("no name means two things: a function, class or type has its name for itself", () => {
  const homes = new Map<string, Set<string>>();
  for (const file of sourceFiles()) {
    for (const name of declaredNames(file)) homes.set(name, (homes.get(name) ?? new Set()).add(file));
  }
  const shared = [...homes].filter(([name, files]) => files.size > 1 && !sameEverywhere.has(name));
  const told = shared.map(([name, files]) => `${name}: ${[...files].join(", ")}`);
  assert.deepEqual(told, [], "give each a more exact name, or share one declaration");
});

/** The names of functions, classes and types at the top level of a file. */
function declaredNames(file: string): string[] {
  const declaration = /^(?:export )?(?:async )?(?:function\*?|class|interface|type) (?<name>\w+)/gm;
  return [...readFileSync(`src/${file}`, "utf8").matchAll(declaration)].map(({ groups }) => groups?.["name"] ?? "");
}
