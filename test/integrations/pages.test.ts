import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { codeBlocks } from "../repository/markdown.ts";
import { filesBelow } from "../repository/files.ts";

/** Files that are not on the page: the same in any application of the framework, or for the tests alone. */
const notOnPage =
  /package(-lock)?\.json$|tsconfig\.json$|\.npmrc$|app\.html$|layout\.tsx$|\/fail\b|(vite|astro|nitro)\.config\.ts$/;

for (const name of ["next", "react-router", "sveltekit", "astro", "nitro"]) {
  describe(`docs/guides/${name}.md`, () => {
    const shown = files(name);

    test("shows the files of the integration unchanged", () => {
      assert.ok(shown.size > 0);
      for (const [path, code] of shown) {
        assert.equal(code, readFileSync(`examples/integrations/${name}/${path}`, "utf8"), path);
      }
    });

    test("shows all of them", () => {
      const all = filesBelow(`examples/integrations/${name}`).filter((file) => !notOnPage.test(file));
      assert.deepEqual(
        all.filter((file) => !shown.has(file.slice(`examples/integrations/${name}/`.length))),
        [],
      );
    });
  });
}

/** Returns the files of a page. Each is a block after a line with nothing but a path in backquotes and a colon. */
function files(name: string): ReadonlyMap<string, string> {
  const lines = readFileSync(`docs/guides/${name}.md`, "utf8").split("\n");
  const found = codeBlocks(lines).map(({ line, code }) => {
    const path = /^`([^`]+)`:$/.exec(lines[line - 3] ?? "")?.[1];
    return path === undefined ? undefined : ([path, `${code.join("\n")}\n`] as const);
  });
  return new Map(found.filter((entry) => entry !== undefined));
}
