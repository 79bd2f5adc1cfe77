import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, test } from "node:test";
import { sourceFiles } from "./files.ts";

/**
 * The rooms of `src`, each with the other rooms that its files may import, types included. A room is a folder, or a
 * public module of one file. Every file may import its own room, and the rooms of `forAll`. The table is sorted from
 * the ground up: a room imports only rooms above its own line. A new room gets a line here. A new import between rooms
 * gets a reason in the pull request.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "types.ts": [],
  "errors.ts": [],
  "events.ts": [],
  shared: [],

  crypto: [],
  data: [],
  http: [],

  edn: ["data"],
  cookies: ["http"],
  "flash.ts": ["data", "http"],
  "response.ts": ["http"],
  "stores/shared": ["data"],
  middleware: ["http"],
  "middleware/params": ["http"],
  "middleware/files": ["http"],
  "testing/store-laws": ["crypto"],

  "stores/memory": ["stores/shared", "data", "crypto"],
  "stores/redis": ["stores/shared", "data", "crypto"],
  "stores/key-value": ["stores/shared", "data", "crypto"],
  "stores/sqlite": ["stores/shared", "crypto"],
  "stores/postgres": ["stores/shared", "crypto"],
  "stores/cookie": ["stores/shared", "data", "crypto", "cookies"],
  "stores/ring-cookie": ["edn", "data", "crypto", "cookies", "http"],
  "session/options": ["cookies", "http", "data", "crypto"],
  "anti-forgery": ["cookies", "http", "data", "crypto"],
  "host-session": ["cookies", "data", "http"],
  "middleware/responses": ["middleware", "middleware/files", "http", "response.ts"],
  "middleware/security": ["middleware", "http", "response.ts"],
  "testing/fakes": ["http", "cookies"],

  session: ["session/options", "stores/memory", "cookies", "http", "data", "crypto"],
  "testing/adapter-laws": ["testing/store-laws", "testing/fakes"],

  "stores/connect": ["session", "session/options", "data", "crypto"],
  "principals.ts": ["session", "session/options", "data", "crypto"],
  draft: ["session", "session/options", "flash.ts", "anti-forgery", "cookies", "http", "data"],
  defaults: [
    "middleware",
    "middleware/params",
    "middleware/files",
    "middleware/responses",
    "middleware/security",
    "session",
    "cookies",
    "flash.ts",
    "anti-forgery",
    "response.ts",
  ],
  testing: ["testing/store-laws", "testing/adapter-laws", "testing/fakes"],

  "adapters/node": ["draft", "http"],
  "adapters/fetch": ["draft", "http"],
  "index.ts": [
    "cookies",
    "session",
    "flash.ts",
    "anti-forgery",
    "host-session",
    "principals.ts",
    "response.ts",
    "http",
    "data",
    "stores/memory",
    "stores/cookie",
  ],

  adapters: ["adapters/node", "adapters/fetch", "draft", "http"],
};

const forAll = ["types.ts", "errors.ts", "events.ts", "shared"];

/** The most files of one room. A room with more is really two rooms. */
const mostFiles = 12;

const rooms = Object.keys(mayImport);

describe("rooms", () => {
  test("every source file is in a room", () => {
    const homeless = sourceFiles().filter((file) => !rooms.includes(roomOf(file)));
    assert.deepEqual(homeless, [], "no line in mayImport, at the top of this test, names the folder of these files");
  });

  test("every room of the table has files", () => {
    const used = new Set(sourceFiles().map(roomOf));
    const empty = rooms.filter((room) => !used.has(room));
    assert.deepEqual(empty, [], "these rooms have no file in src");
  });

  test("a room is small", () => {
    for (const room of rooms) {
      const files = sourceFiles().filter((file) => roomOf(file) === room);
      assert.ok(files.length <= mostFiles, `src/${room} has ${files.length} files, and ${mostFiles} is the most`);
    }
  });
});

describe("imports go one way", () => {
  test("a file imports only its own room and the rooms on its room's line", () => {
    for (const file of sourceFiles()) {
      const room = roomOf(file);
      const allowed = [room, ...forAll, ...(mayImport[room] ?? [])];
      const wrong = relativeImports(file).filter((target) => !allowed.includes(roomOf(target)));
      const cure = "or add the room to its line in mayImport, with a reason in the pull request";
      assert.deepEqual(wrong, [], `src/${file} may import only ${allowed.join(", ")}; ${cure}`);
    }
  });

  test("a line of the table names only rooms above it", () => {
    for (const [index, room] of rooms.entries()) {
      const wrong = (mayImport[room] ?? []).filter((target) => !rooms.slice(0, index).includes(target));
      assert.deepEqual(wrong, [], `"${room}" may import only rooms that stand above it`);
    }
  });

  test("no file imports itself through other files, types included", () => {
    const imported = new Map(sourceFiles().map((file) => [file, relativeImports(file)]));
    const done = new Set<string>();
    const walk = (file: string, way: readonly string[]): void => {
      const start = way.indexOf(file);
      if (start !== -1) assert.fail(`a circle: ${[...way.slice(start), file].join(" → ")}`);
      if (done.has(file)) return;
      for (const target of imported.get(file) ?? []) walk(target, [...way, file]);
      done.add(file);
    };
    for (const file of imported.keys()) walk(file, []);
  });

  test("a store is imported only by the file of its name", () => {
    for (const file of sourceFiles()) {
      const inside = relativeImports(file).filter((target) => {
        const room = roomOf(target);
        const isStore = room.startsWith("stores/") && room !== "stores/shared";
        return isStore && room !== roomOf(file) && target !== doorOf(room);
      });
      assert.deepEqual(inside, [], `src/${file} may import a store by the file of its name`);
    }
  });
});

test("docs/architecture.md shows the table", () => {
  const [, shown = ""] = readFileSync("docs/architecture.md", "utf8").split(/<!-- \/?rooms -->/);
  const rows = shown.split("\n").filter((line) => line.startsWith("| `"));
  const table = Object.entries(mayImport).filter(([room]) => !forAll.includes(room));
  const expected = table.map(([room, targets]) => `| ${quoted([room])} | ${quoted(targets) || "–"} |`);
  assert.deepEqual(
    rows.map(squeezed),
    expected,
    "the rows of docs/architecture.md are those of mayImport, in its order",
  );
});

test("frameworks and clients are imported as types, or on demand; middleware may import its peers", () => {
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

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Returns a row of a Markdown table without the spaces that align it. */
function squeezed(row: string): string {
  return row.replaceAll(/ +/g, " ");
}

/** Returns the folder of a file. A file without a folder is its own room. */
function roomOf(file: string): string {
  return file.includes("/") ? posix.dirname(file) : file;
}

/** Returns the file by which others enter a room: `"stores/redis/redis.ts"` for `"stores/redis"`. */
function doorOf(room: string): string {
  return `${room}/${posix.basename(room)}.ts`;
}

function relativeImports(file: string): string[] {
  const relative = imports(file).filter(({ from }) => from.startsWith("."));
  return relative.map(({ from }) => posix.join(posix.dirname(file), from));
}

interface Import {
  readonly typeOnly: boolean;
  readonly from: string;
  /** Whether it is a call of `import("x")`. */
  readonly called: boolean;
}

/** Finds `import … from "x"`, `export … from "x"` and `import "x"` at the start of a line, `import("x")` anywhere. */
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
