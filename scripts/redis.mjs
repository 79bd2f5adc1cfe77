/**
 * redis-server and redis-cli: REDIS_BIN (a folder), PATH, or Debian's packages, unpacked into .cache without being
 * installed: that takes no root, and leaves no daemon behind.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, run } from "./process.mjs";
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
  if (onPath(["apt-get"]) === undefined || onPath(["dpkg"]) === undefined) return { reason: `not on PATH; ${cure}` };

  console.log("Redis is not on PATH: unpacking Debian's redis-server into .cache/redis");
  const failure = await unpack();
  if (failure === undefined && holds(bin, programs)) return { path: bin };
  return { reason: `Debian's package could not be had; ${cure}\n${failure ?? ""}` };
}

/** Answers what went wrong, or undefined. */
async function unpack() {
  const [lists, archives, packages] = ["lists", "archives", "packages"].map((name) => join(cache, name));
  for (const folder of [join(lists, "partial"), join(archives, "partial"), packages]) {
    mkdirSync(folder, { recursive: true });
  }
  const options = {
    "Dir::State::lists": lists,
    "Dir::Cache": cache,
    "Dir::Cache::archives": archives,
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "root",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (...args) => run("apt-get", [...flags, ...args], { quiet: true, cwd: packages });

  const update = await apt("-qq", "update");
  if (update.code !== 0) return update.output;
  const uris = await apt("--print-uris", "-qq", "-y", "--no-install-recommends", "install", "redis-server");
  const download = await apt("-qq", "download", ...packageNames(uris.output));
  if (download.code !== 0) return download.output;
  for (const file of readdirSync(packages)) {
    const unpacked = await run("dpkg", ["-x", join(packages, file), join(cache, "root")], { quiet: true });
    if (unpacked.code !== 0) return unpacked.output;
  }
  for (const folder of [lists, archives, packages]) rmSync(folder, { recursive: true });
  mkdirSync(bin, { recursive: true });
  for (const program of programs) writeStarter(program);
  return undefined;
}

/** What apt would install: redis-server, and the libraries that this machine has not. */
function packageNames(uris) {
  return uris.split("\n").flatMap((line) => (line.startsWith("'") ? [line.split(" ")[1].split("_")[0]] : []));
}

/** The libraries lie beside the program, where the loader does not look. */
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
