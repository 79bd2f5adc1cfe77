import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** `.git` is a folder in a clone, and a file in a worktree. */
const ignored = new Set([".git", ".git/", ...readFileSync(".gitignore", "utf8").split("\n")]);

/** Returns the files below a folder that git keeps: `"docs/stores/memory.md"`. Tests run in the repository's root. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(`${entry.name}/`) ? [] : filesBelow(path);
    return entry.isFile() && !ignored.has(entry.name) ? [path] : [];
  });
}

/** Returns the source files, by their paths in src: `"stores/memory.ts"`. */
export function sourceFiles(): string[] {
  return filesBelow("src").map((path) => path.slice("src/".length));
}
