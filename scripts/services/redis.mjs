/** Finds redis-server and redis-cli: in the folder REDIS_BIN, on PATH, or in Debian's package, unpacked into .cache. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasDebian, unpackDebian } from "./debian.mjs";
import { root } from "../steps/process.mjs";
import { holds, onPath } from "./programs.mjs";

const programs = ["redis-server", "redis-cli"];
const cache = join(root, ".cache", "redis");
const bin = join(cache, "bin");

export async function locateRedis({ given, variable, install }) {
  if (given) return holds(given, programs) ? { path: given } : { reason: `no redis-server in ${variable}, ${given}` };

  const installed = onPath(programs.slice(0, 1));
  const found = [installed && dirname(installed), bin].find((folder) => folder && holds(folder, programs));
  if (found !== undefined || !install) return { path: found };
  const cure = `install redis-server or set ${variable}`;
  if (!hasDebian()) return { reason: `not on PATH; ${cure}` };

  console.log("Redis is not on PATH: unpacking Debian's redis-server into .cache/redis");
  const failure = await unpack();
  if (failure === undefined && holds(bin, programs)) return { path: bin };
  return { reason: `Debian's package could not be had; ${cure}\n${failure ?? ""}` };
}

/** Unpacks Debian's package. Returns what went wrong, or undefined. */
async function unpack() {
  const failure = await unpackDebian(cache, ["redis-server"]);
  if (failure !== undefined) return failure;
  mkdirSync(bin, { recursive: true });
  for (const program of programs) writeStarter(program);
  return undefined;
}

/** Writes a script that starts a program. Its libraries lie beside it, where the loader does not look. */
function writeStarter(program) {
  const usr = join(cache, "root", "usr");
  const libraries = readdirSync(join(usr, "lib")).map((folder) => join(usr, "lib", folder));
  const starter = join(bin, program);
  writeFileSync(
    starter,
    `#!/bin/sh\nLD_LIBRARY_PATH='${libraries.join(":")}' exec '${join(usr, "bin", program)}' "$@"\n`,
  );
  chmodSync(starter, 0o755);
}
