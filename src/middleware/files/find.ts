import { constants, type Stats } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** File that may be served. */
export interface StaticFile {
  readonly path: string;
  readonly stats: Stats;
}

/** Settings of `findFile`. */
export interface StaticSearch {
  readonly indexFiles: boolean;
  readonly allowSymlinks: boolean;
}

const indexNames = ["index.html", "index.htm"];

/**
 * Finds the file that names lead to from a folder. If they lead to a folder, its index file is taken. Returns undefined
 * in these cases:
 *
 * - There is no file.
 * - It is no plain file. A pipe, for one, would be waited for.
 * - It may not be read.
 * - Symbolic links lead out of the folder.
 */
export async function findFile(
  folder: string,
  names: readonly string[],
  search: StaticSearch,
): Promise<StaticFile | undefined> {
  const isFolder = names.at(-1) === "";
  const path = join(folder, ...names.filter((name) => name !== ""));
  const stats = await statsOf(folder, path, search);
  if (stats?.isFile() === true) return isFolder ? undefined : { path, stats };
  if (stats?.isDirectory() !== true || !search.indexFiles) return undefined;
  for (const name of indexNames) {
    const index = join(path, name);
    const found = await statsOf(folder, index, search);
    if (found?.isFile() === true) return { path: index, stats: found };
  }
  return undefined;
}

async function statsOf(folder: string, path: string, { allowSymlinks }: StaticSearch): Promise<Stats | undefined> {
  try {
    if (allowSymlinks) return await readable(path);
    // The folder itself may be a link, and lead elsewhere after the next deployment.
    const [root, real] = await Promise.all([realpath(folder), realpath(path)]);
    return isWithin(root, real) ? await readable(real) : undefined;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Returns the stats of a file that may be read. Otherwise the error would come after the head has been sent. */
async function readable(path: string): Promise<Stats> {
  const stats = await stat(path);
  if (stats.isFile()) await access(path, constants.R_OK);
  return stats;
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/**
 * Whether an error means that there is no such file. A client can cause these; all others are faults of the machine.
 */
function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES", "EPERM", "EINVAL"].some((each) => each === code);
}
