import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { sourceFiles } from "./files.ts";

/**
 * Who may import whom, in the order of the data flow. `adapters/node` stands for every file that starts so;
 * every file may import types.ts, errors.ts and events.ts. A new file of src gets a line here.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "types.ts": [],
  "errors.ts": [],
  "events.ts": [],
  "internal/": ["internal/"],
  "stores/": ["internal/"],
  "cookies.ts": ["internal/"],
  "session.ts": ["internal/", "cookies.ts", "stores/memory.ts"],
  "principals.ts": ["internal/"],
  "host-session.ts": ["internal/", "cookies.ts"],
  "flash.ts": ["internal/"],
  "response.ts": ["internal/"],
  "anti-forgery.ts": ["internal/", "response.ts"],
  "defaults.ts": ["internal/", "cookies.ts", "session.ts", "flash.ts", "anti-forgery.ts", "response.ts", "middleware/"],
  "draft.ts": ["internal/", "cookies.ts", "session.ts", "flash.ts"],
  "draft-guard.ts": ["internal/", "draft.ts"],
  "middleware/": ["internal/", "response.ts", "middleware/"],
  "adapters/": [
    "internal/",
    "cookies.ts",
    "session.ts",
    "flash.ts",
    "draft.ts",
    "draft-guard.ts",
    "adapters/node",
    "adapters/fetch",
  ],
  "testing.ts": ["internal/", "cookies.ts"],
  "index.ts": [
    "internal/",
    "cookies.ts",
    "session.ts",
    "principals.ts",
    "host-session.ts",
    "flash.ts",
    "anti-forgery.ts",
    "response.ts",
    "stores/",
  ],
};

const forAll = ["types.ts", "errors.ts", "events.ts"];

test("a source file imports only what stands before it in the data flow", () => {
  for (const file of sourceFiles()) {
    const layer = Object.keys(mayImport).find((entry) => covers(entry, file));
    assert.ok(layer, `src/${file} has no line in mayImport, at the top of this test`);
    const allowed = [...forAll, ...(mayImport[layer] ?? [])];
    const wrong = relativeImports(file).filter((target) => !allowed.some((entry) => covers(entry, target)));
    assert.deepEqual(wrong, [], `src/${file} may import only ${allowed.join(", ")}`);
  }
});

test("frameworks and clients appear only as types, or are loaded when they are asked for; middleware stands on its peers", () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, object>;
  for (const file of sourceFiles()) {
    const values = imports(file).filter(({ typeOnly, from }) => !typeOnly && !from.startsWith("."));
    const wrong = values.filter(
      ({ from, called }) =>
        !from.startsWith("node:") &&
        !Object.hasOwn(dependencies ?? {}, from) &&
        !((called || file.startsWith("middleware/")) && Object.hasOwn(peerDependencies ?? {}, from)),
    );
    assert.deepEqual(wrong, [], `src/${file} may import values from node: and the dependencies only`);
  }
});

function covers(entry: string, file: string): boolean {
  return entry.endsWith(".ts") ? file === entry : file.startsWith(entry);
}

function relativeImports(file: string): string[] {
  const relative = imports(file).filter(({ from }) => from.startsWith("."));
  return relative.map(({ from }) => posix.join(posix.dirname(file), from));
}

interface Import {
  readonly typeOnly: boolean;
  readonly from: string;
  /** By `import("x")`, when it is needed. */
  readonly called: boolean;
}

/** `import … from "x"`, `export … from "x"`, `import "x"` at the start of a line; `import("x")` anywhere. */
function imports(file: string): Import[] {
  const text = readFileSync(`src/${file}`, "utf8");
  const statement =
    /^(?:import|export)(?<type> type)?\b(?:[^;"]*?\bfrom)? *"(?<from>[^"]+)"|\bimport\("(?<called>[^"]+)"\)/gm;
  return [...text.matchAll(statement)].map(({ groups = {} }) => ({
    typeOnly: groups["type"] !== undefined,
    from: groups["from"] ?? groups["called"] ?? "",
    called: groups["called"] !== undefined,
  }));
}
