/** Unpacks Debian's packages into a folder, without installing them: that needs no root, and starts no daemon. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../steps/process.mjs";
import { onPath } from "./programs.mjs";

/** Whether this machine can unpack Debian's packages. */
export function hasDebian() {
  return onPath(["apt-get"]) !== undefined && onPath(["dpkg"]) !== undefined;
}

/**
 * Unpacks packages below `root` in a folder, with the dependencies that this machine lacks. Returns what went wrong, or
 * undefined.
 */
export async function unpackDebian(folder, names) {
  const [lists, archives, packages] = ["lists", "archives", "packages"].map((name) => join(folder, name));
  for (const path of [join(lists, "partial"), join(archives, "partial"), packages]) {
    mkdirSync(path, { recursive: true });
  }
  const options = {
    "Dir::State::lists": lists,
    "Dir::Cache": folder,
    "Dir::Cache::archives": archives,
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "root",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (...args) => run("apt-get", [...flags, ...args], { quiet: true, cwd: packages });

  const update = await apt("-qq", "update");
  if (update.code !== 0) return update.output;
  const uris = await apt("--print-uris", "-qq", "-y", "--no-install-recommends", "install", ...names);
  const download = await apt("-qq", "download", ...packageNames(uris.output));
  if (download.code !== 0) return download.output;
  for (const file of readdirSync(packages)) {
    const unpacked = await run("dpkg", ["-x", join(packages, file), join(folder, "root")], { quiet: true });
    if (unpacked.code !== 0) return unpacked.output;
  }
  for (const path of [lists, archives, packages]) rmSync(path, { recursive: true });
  return undefined;
}

/** Returns the names of the packages that apt would install: also the dependencies that this machine lacks. */
function packageNames(uris) {
  return uris.split("\n").flatMap((line) => (line.startsWith("'") ? [line.split(" ")[1].split("_")[0]] : []));
}
