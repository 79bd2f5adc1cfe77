import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";

import { codeBlocks } from "../repository/markdown.ts";

/** The programs of a guide: the application before, the changes to it, and the application after. */
export interface Guide {
  /** JavaScript. */
  readonly before: string;
  /** TypeScript. */
  readonly after: string;
  /** Diffs, in the order of the page. The first leads from `before` to `after`, the others change `after`. */
  readonly changes: readonly string[];
}

/** Reads a page of docs/guides: its first js block, its first ts block, and its diff blocks. */
export function readGuide(name: string): Guide {
  const all = codeBlocks(readFileSync(`docs/guides/${name}.md`, "utf8").split("\n"));
  const blocks = (wanted: string): string[] =>
    all.filter(({ language }) => language === wanted).map(({ code }) => `${code.join("\n")}\n`);
  const [before] = blocks("js");
  const [after] = blocks("ts");
  assert.ok(before !== undefined && after !== undefined, `docs/guides/${name}.md has no js block, or no ts block`);
  return { before, after, changes: blocks("diff") };
}

/** Applies a diff to a program. A line `@@` separates two places. */
export function changed(program: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((text, part) => {
    const lines = part.split("\n").slice(0, -1);
    const old = lines.filter((line) => !line.startsWith("+"));
    const fresh = lines.filter((line) => !line.startsWith("-"));
    return replacedOnce(text, unmarked(old), unmarked(fresh));
  }, program);
}

/** Replaces a part of a program, which must be in it exactly once. */
export function replacedOnce(program: string, old: string, fresh: string): string {
  const parts = `\n${program}`.split(`\n${old}`);
  assert.equal(parts.length, 2, `not once, but ${parts.length - 1} times in the program:\n${old}`);
  return parts.join(`\n${fresh}`).slice(1);
}

function unmarked(lines: readonly string[]): string {
  return lines.map((line) => `${line.slice(1)}\n`).join("");
}

/**
 * Writes programs into a folder where they find the packages of this repository, and compiles those of TypeScript.
 * Returns a function that imports one of them by its name, which ends in `.js` or `.ts`.
 */
export function writePrograms(
  guide: string,
  programs: Readonly<Record<string, string>>,
): (name: string) => Promise<Readonly<Record<string, unknown>>> {
  const folder = `.build/guides/${guide}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(programs)) writeFileSync(`${folder}/${name}`, text);
  compile(
    folder,
    Object.keys(programs).filter((name) => name.endsWith(".ts")),
  );
  return (name) =>
    import(pathToFileURL(resolve(folder, name.replace(/\.ts$/, ".js"))).href) as Promise<Record<string, unknown>>;
}

/** Compiles as strictly as the whole repository: the programs of a page must have the right types. */
function compile(folder: string, files: readonly string[]): void {
  const compilerOptions = {
    declaration: false,
    isolatedDeclarations: false,
    sourceMap: false,
    moduleDetection: "force",
    rootDir: ".",
    outDir: ".",
  };
  const project = { extends: "../../../tsconfig.json", compilerOptions, include: [], files };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(project));
  const compiler = ["node_modules/typescript/bin/tsc", "--project", folder, "--pretty", "false"];
  const { status, stdout } = spawnSync(process.execPath, compiler, { encoding: "utf8" });
  assert.equal(status, 0, stdout);
}
