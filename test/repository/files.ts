import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** `.git` is a folder in a clone, and a file in a worktree. */
const ignored = new Set([".git", ".git/", ...readFileSync(".gitignore", "utf8").split("\n")]);

/** The files below a folder that git keeps: `"docs/stores/memory.md"`. Tests run in the root of the repository. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(`${entry.name}/`) ? [] : filesBelow(path);
    return entry.isFile() && !ignored.has(entry.name) ? [path] : [];
  });
}

/** The source files, as they are named in src: `"stores/memory.ts"`. */
export function sourceFiles(): string[] {
  return filesBelow("src").map((path) => path.slice("src/".length));
}
