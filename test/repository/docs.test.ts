import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { after, before, describe, test } from "node:test";
import { anchors, type CodeBlock, codeBlocks, linkTargets } from "./markdown.ts";
import { filesBelow } from "./files.ts";

const pages = [...readdirSync("."), ...filesBelow("docs")].filter(isPage);
const sources = filesBelow("src");

describe("the ts blocks of pages and doc comments compile", () => {
  /** A folder inside the repository, so that the blocks can import this package as `ringlet`. */
  const folder = ".build/docs";
  const files = [...pages, ...sources].filter((file) => typescriptBlocks(file).length > 0);
  let complaints: readonly string[] = [];

  before(() => {
    complaints = programs(files).flatMap((each) => compile(folder, each));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const file of files) {
    test(file, () => {
      const found = complaints.filter((complaint) => complaint.startsWith(`${file}:`));
      assert.deepEqual(found, [], `\n${found.join("\n")}`);
    });
  }

  test("README.md has a ts block", () => {
    assert.ok(files.includes("README.md"));
  });

  test("the compiler reports no other errors", () => {
    const others = complaints.filter((complaint) => !files.some((file) => complaint.startsWith(`${file}:`)));
    assert.deepEqual(others, []);
  });
});

test("every @example is a ts block", () => {
  for (const file of sources) assert.doesNotMatch(lines(file).join("\n"), /^@example.*\n(?!```ts\n)/m, file);
});

describe("relative links lead somewhere", () => {
  for (const page of pages) {
    test(page, () => {
      const relative = linkTargets(lines(page)).filter((target) => !/^\w+:/.test(target));
      const dead = relative.filter((target) => !exists(page, target));
      assert.deepEqual(dead, [], `dead: ${dead.join(", ")}`);
    });
  }
});

/** Groups pages into programs. A page with a global declaration is its own program, because others may differ. */
function programs(files: readonly string[]): (readonly string[])[] {
  const declares = (file: string) =>
    typescriptBlocks(file).some(({ code }) => code.some((line) => /^declare (module|global)\b/.test(line)));
  return [files.filter((file) => !declares(file)), ...files.filter(declares).map((file) => [file])];
}

/** Type-checks all blocks at once, each as a module. Returns errors such as `README.md:12: …`. */
function compile(folder: string, files: readonly string[]): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const origin = new Map<string, string>();
  for (const file of files) {
    for (const { line, code } of typescriptBlocks(file)) {
      const module = `${folder}/${file.replaceAll("/", "-")}-${line}.ts`;
      // As many empty lines as the page has before the block, so that the compiler names the page's line.
      writeFileSync(module, "\n".repeat(line) + code.join("\n"));
      origin.set(module, file);
    }
  }
  const compilerOptions = { noEmit: true, isolatedDeclarations: false, moduleDetection: "force", paths: {} };
  const modules = [...origin.keys()].map((path) => posix.basename(path));
  const project = { extends: "../../tsconfig.json", compilerOptions, include: [], files: modules };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(project));

  const compiler = ["node_modules/typescript/bin/tsc", "--project", folder, "--pretty", "false"];
  const { stdout } = spawnSync(process.execPath, compiler, { encoding: "utf8" });
  // Indented lines belong to the error before them.
  const complaints = stdout.split(/\n(?! )/).filter((complaint) => complaint !== "");
  return complaints.map((complaint) => {
    const [, path = "", line, text] = /^(.+)\((\d+),\d+\): (.*)$/s.exec(complaint) ?? [];
    return origin.has(path) ? `${origin.get(path)}:${line}: ${text}` : complaint;
  });
}

function typescriptBlocks(file: string): CodeBlock[] {
  return codeBlocks(lines(file)).filter(({ language }) => language === "ts");
}

/** Returns the lines of a page, or those of a source file without the ` * ` of doc comments. */
function lines(file: string): string[] {
  const all = readFileSync(file, "utf8").split("\n");
  return isPage(file) ? all : all.map((line) => line.replace(/^ *\* ?/, ""));
}

function isPage(file: string): boolean {
  return file.endsWith(".md");
}

function exists(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || !isPage(file) || anchors(lines(file)).has(anchor);
}
