/** The paths of files, for the compiled code in .build/bench. */
import { existsSync } from "node:fs";

/** The folder of the repository. */
export const root: URL = findRoot(new URL(".", import.meta.url));

function findRoot(folder: URL): URL {
  return existsSync(new URL("tools/runtimes/package.json", folder)) ? folder : findRoot(new URL("..", folder));
}
