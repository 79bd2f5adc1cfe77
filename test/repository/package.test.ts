import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { filesBelow, sourceFiles } from "./files.ts";

interface Package {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const { name, exports } = JSON.parse(readFileSync("package.json", "utf8")) as Package;
const entries = Object.entries(exports).filter(([subpath]) => subpath !== "./package.json");
const modules = sourceFiles().map((file) => file.replace(/\.ts$/, ""));

test("an import path tells the source file and the test file", () => {
  for (const [subpath, target] of entries) {
    const module = moduleOf(subpath);
    assert.equal(target, `./dist/${module}.js`, `exports["${subpath}"] of package.json`);
    assertFile(`src/${module}.ts`);
    if (module !== "index") assertFile(`test/${module}.test.ts`);
    if (module.startsWith("middleware/")) assertFile(`docs/${module}.md`);
  }
});

test("every store has its page and its test", () => {
  for (const store of modules.filter((module) => module.startsWith("stores/"))) {
    assertFile(`docs/${store}.md`);
    assertFile(`test/${store}.test.ts`);
  }
});

test("every adapter has an import path, every store has one or is part of the core", () => {
  const core = readFileSync("src/index.ts", "utf8");
  for (const module of modules.filter((path) => /^(?:adapters|stores)\//.test(path))) {
    // `adapters/node-request` is a part of `adapters/node`.
    const whole = modules.find((other) => module.startsWith(`${other}-`)) ?? module;
    const isReachable = Object.values(exports).includes(`./dist/${whole}.js`) || core.includes(`"./${whole}.ts"`);
    assert.ok(isReachable, `src/${module}.ts needs a line in exports of package.json`);
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

test("the package holds its code, its types, their sources, and nothing else", () => {
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

test("no file names a place on somebody's machine, or a registry", () => {
  const place = /(?<![\w.}])\/(?:home|Users|root|work)\/\w|\bregistry\.[a-z]/;
  for (const file of filesBelow(".")) assert.doesNotMatch(readFileSync(file, "latin1"), place, file);
});

/** `"./node"` is adapters/node, `"./stores/redis"` is stores/redis, `"."` the core. */
function moduleOf(subpath: string): string {
  if (subpath === ".") return "index";
  const path = subpath.slice("./".length);
  return modules.includes(path) ? path : `adapters/${path}`;
}

function assertFile(path: string): void {
  assert.ok(existsSync(path), `there is no ${path}`);
}

/** Without scripts: a build now would pull dist from under the tests that run beside this one. */
function packedFiles(): string[] {
  const flags = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { status, stdout, stderr } = spawnSync("npm", flags, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const [report] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return report.files.map(({ path }) => path);
}
