import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";

import { codeBlocks } from "../repository/markdown.ts";

/** What a guide shows: the application before, what is changed in it, and the application after. */
export interface Guide {
  /** Of JavaScript. */
  readonly before: string;
  /** Of TypeScript. */
  readonly after: string;
  /** From `before` to `after`; then from `after` on, in the order of the page. */
  readonly changes: readonly string[];
}

/** Reads a page of docs/guides: its first js block, its first ts block, its diff blocks. */
export function readGuide(name: string): Guide {
  const all = codeBlocks(readFileSync(`docs/guides/${name}.md`, "utf8").split("\n"));
  const blocks = (wanted: string): string[] =>
    all.filter(({ language }) => language === wanted).map(({ code }) => `${code.join("\n")}\n`);
  const [before] = blocks("js");
  const [after] = blocks("ts");
  assert.ok(before !== undefined && after !== undefined, `docs/guides/${name}.md has no js block, or no ts block`);
  return { before, after, changes: blocks("diff") };
}

/** Does to a program what a diff says. A line `@@` stands between two places that are changed. */
export function changed(program: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((text, part) => {
    const lines = part.split("\n").slice(0, -1);
    const old = lines.filter((line) => !line.startsWith("+"));
    const fresh = lines.filter((line) => !line.startsWith("-"));
    return replacedOnce(text, unmarked(old), unmarked(fresh));
  }, program);
}

/** Replaces what stands in a program exactly once. */
export function replacedOnce(program: string, old: string, fresh: string): string {
  const parts = `\n${program}`.split(`\n${old}`);
  assert.equal(parts.length, 2, `not once, but ${parts.length - 1} times in the program:\n${old}`);
  return parts.join(`\n${fresh}`).slice(1);
}

function unmarked(lines: readonly string[]): string {
  return lines.map((line) => `${line.slice(1)}\n`).join("");
}

/**
 * Writes programs into a folder where they find the packages of this repository, those of TypeScript compiled; answers
 * how to import one of them. A name ends in `.js` or `.ts`.
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

/** Strictly, as all of the repository is: what a page tells to change is to have the right types. */
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
