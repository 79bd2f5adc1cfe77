import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

interface Mutation {
  readonly module: string;
  readonly rule: string;
  readonly find: string;
}

test("npm run mutation finds the code of each rule", async () => {
  const list = pathToFileURL("scripts/commands/mutations.mjs").href;
  const { mutations } = (await import(list)) as { readonly mutations: readonly Mutation[] };
  const files = readdirSync(".build/src", { recursive: true, encoding: "utf8" });
  const stale = mutations.filter(({ module, find }) => {
    const [file, another] = files.filter((path) => `/src/${path.replaceAll("\\", "/")}`.endsWith(`/${module}.js`));
    if (file === undefined || another !== undefined) return true;
    return readFileSync(`.build/src/${file}`, "utf8").split(find).length !== 2;
  });
  assert.deepEqual(
    stale.map(({ module, rule }) => `${module}: ${rule}`),
    [],
    "the code of these rules in scripts/commands/mutations.mjs is not in its module once",
  );
});
