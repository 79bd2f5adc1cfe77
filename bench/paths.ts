/** Where things are, from what was compiled into .build/bench. */
import { existsSync } from "node:fs";

/** The repository, as a folder. */
export const root: URL = findRoot(new URL(".", import.meta.url));

function findRoot(folder: URL): URL {
  return existsSync(new URL("tools/runtimes/package.json", folder)) ? folder : findRoot(new URL("..", folder));
}
