import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { filesBelow, sourceFiles } from "./files.ts";

interface Package {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const { name, exports } = JSON.parse(readFileSync("package.json", "utf8")) as Package;
const entries = Object.entries(exports).filter(([subpath]) => subpath !== "./package.json");
const modules = sourceFiles().map((file) => file.replace(/\.ts$/, ""));

test("every import path has its source file, its test file and its page", () => {
  for (const [subpath, target] of entries) {
    const module = moduleOf(subpath);
    assert.equal(target, `./dist/${module}.js`, `exports["${subpath}"] of package.json`);
    if (module === "index") continue;
    assert.ok(
      testsOf(module).some((file) => existsSync(file)),
      `there is none of ${testsOf(module).join(", ")}`,
    );
    if (/^\.\/(?:middleware|stores)\//.test(subpath)) assertFile(subpath.replace(/^\./, "docs").concat(".md"));
  }
});

test("every store has its page and its test", () => {
  for (const store of rooms("stores").filter((name) => name !== "shared")) {
    assertFile(`docs/stores/${store}.md`);
    assertFile(`test/stores/${store}/${store}.test.ts`);
  }
});

test("every adapter has an import path and a page; every store has an import path, or is part of the core", () => {
  const core = readFileSync("src/index.ts", "utf8");
  for (const adapter of rooms("adapters")) {
    assert.ok(Object.hasOwn(exports, `./${adapter}`), `"./${adapter}" is missing in exports of package.json`);
    assertFile(`docs/adapters/${adapter}.md`);
  }
  for (const store of rooms("stores").filter((name) => name !== "shared")) {
    const isReachable = Object.hasOwn(exports, `./stores/${store}`) || core.includes(`"./stores/${store}/${store}.ts"`);
    assert.ok(isReachable, `"./stores/${store}" is missing in exports of package.json`);
  }
});

test("nothing is exported twice", async () => {
  const seen = new Map<unknown, string>();
  for (const [subpath] of entries) {
    const specifier = subpath.replace(".", name);
    for (const [exportName, value] of Object.entries((await import(specifier)) as object)) {
      const place = `${exportName} of ${specifier}`;
      assert.ok(!seen.has(value), `${place} is ${seen.get(value)}`);
      if (typeof value === "function" || typeof value === "object") seen.set(value, place);
    }
  }
});

test("source files are short", () => {
  const lengths = sourceFiles().map((file) => readFileSync(`src/${file}`, "utf8").split("\n").length - 1);
  const long = sourceFiles().filter((_, index) => Number(lengths[index]) > 300);
  assert.deepEqual(long, [], "these have more than 300 lines");
  const median = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)];
  assert.ok(Number(median) < 100, `half of them have ${median} lines or more, not under 100`);
});

test("the package contains its code, its types, their sources, and nothing else", () => {
  const endings = [".js", ".js.map", ".d.ts", ".d.ts.map"];
  const built = modules.flatMap((module) => endings.map((ending) => `dist/${module}${ending}`));
  const expected = [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "package.json",
    ...built,
    ...filesBelow("src"),
    ...filesBelow("docs").filter((file) => file.endsWith(".md")),
  ];
  assert.deepEqual(packedFiles().toSorted(), expected.toSorted());
});

test("the lock files name no host to download from", () => {
  for (const file of filesBelow(".").filter((path) => path.endsWith("package-lock.json"))) {
    const cure = "make it anew with the .npmrc beside it";
    assert.doesNotMatch(readFileSync(file, "utf8"), /"resolved": "(?!file:ringlet\.tgz")\w+:/, `${file}: ${cure}`);
  }
});

test("no file names a path on a developer's machine, or a registry", () => {
  const place = /(?<![\w.}])\/(?:home|Users|root|work)\/\w|\bregistry\.[a-z]/;
  for (const file of filesBelow(".")) assert.doesNotMatch(readFileSync(file, "latin1"), place, file);
});

/**
 * Returns the module behind an import path: `"."` is index, `"./stores/redis"` stores/redis/redis, `"./koa"`
 * adapters/koa, `"./node"` adapters/node/node, `"./middleware/file"` middleware/files/file.
 */
function moduleOf(subpath: string): string {
  const [room = "", name = room] = subpath.split("/").slice(1);
  const doors = modules.filter((module) =>
    subpath === "."
      ? module === "index"
      : room === "middleware"
        ? module.startsWith("middleware/") && posix.basename(module) === name
        : [`${room}/${name}/${name}`, `${room}/${room}`, `adapters/${room}`, `adapters/${room}/${room}`].includes(
            module,
          ),
  );
  assert.equal(doors.length, 1, `"${subpath}" leads to ${doors.length} modules: ${doors.join(", ")}`);
  return doors[0] ?? "";
}

/** Returns the possible tests of a module: in the same folder of `test`, or in a folder of its name. */
function testsOf(module: string): readonly string[] {
  return [`test/${module}.test.ts`, `test/${module}/${posix.basename(module)}.test.ts`];
}

/** Returns the names of the files and folders in a folder of `src`. */
function rooms(folder: string): readonly string[] {
  const below = modules.filter((module) => module.startsWith(`${folder}/`));
  return [...new Set(below.map((module) => module.split("/")[1] ?? ""))];
}

function assertFile(path: string): void {
  assert.ok(existsSync(path), `there is no ${path}`);
}

/** Returns the files that `npm pack` would pack. It runs no scripts: a build would remove dist during other tests. */
function packedFiles(): string[] {
  const flags = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { status, stdout, stderr } = spawnSync("npm", flags, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const [report] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return report.files.map(({ path }) => path);
}
