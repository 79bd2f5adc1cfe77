/**
 * Finds Clojure with Ring and Jetty: a program `ring-clojure` that takes a Clojure file. It is in the folder RING_BIN,
 * or made from Debian's packages, installed or unpacked into .cache. Java is the one on PATH, otherwise Debian's.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { hasDebian, unpackDebian } from "./debian.mjs";
import { root } from "../steps/process.mjs";
import { holds, isProgram, onPath } from "./programs.mjs";

const program = "ring-clojure";
const packages = ["clojure", "libring-core-clojure", "libring-jetty-adapter-clojure"];
const jars =
  "clojure-1.11 spec.alpha core.specs.alpha ring-core ring-codec ring-servlet ring-jetty-adapter crypto-random " +
  "crypto-equality commons-codec commons-fileupload commons-io clj-time joda-time servlet-api " +
  "jetty9-server jetty9-http jetty9-io jetty9-util";
const cache = join(root, ".cache", "ring");
const bin = join(cache, "bin");

export async function locateRing({ given, variable, install }) {
  if (given) return holds(given, [program]) ? { path: given } : { reason: `no ${program} in ${variable}, ${given}` };

  if (writeStarter()) return { path: bin };
  const cure = `install ${packages.join(" ")}, or set ${variable}`;
  if (!install) return {};
  if (!hasDebian()) return { reason: `not installed; ${cure}` };

  console.log("Ring is not installed: unpacking Debian's packages into .cache/ring");
  const failure = await unpackDebian(cache, packages);
  if (failure === undefined && writeStarter()) return { path: bin };
  return { reason: `Debian's packages could not be had; ${cure}\n${failure ?? ""}` };
}

/** Writes the program `ring-clojure`, if Java and all jars are here. Returns whether they are. */
function writeStarter() {
  const unpacked = join(cache, "root");
  const java = onPath(["java"]) ?? unpackedJava(unpacked);
  const folders = [join(unpacked, "usr", "share", "java"), "/usr/share/java"];
  // A dependency that is installed is not unpacked, so that the jars may be in both places.
  const found = jars
    .split(" ")
    .map((jar) => folders.map((folder) => join(folder, `${jar}.jar`)).find((path) => existsSync(path)));
  if (java === undefined || found.includes(undefined)) return false;
  mkdirSync(bin, { recursive: true });
  const flags = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8";
  writeFileSync(join(bin, program), `#!/bin/sh\nexec '${java}' ${flags} -cp '${found.join(":")}' clojure.main "$@"\n`);
  chmodSync(join(bin, program), 0o755);
  return true;
}

function unpackedJava(unpacked) {
  const machines = join(unpacked, "usr", "lib", "jvm");
  if (!existsSync(machines)) return undefined;
  linkConfiguration(machines, unpacked);
  return readdirSync(machines)
    .map((name) => join(machines, name, "bin", "java"))
    .find(isProgram);
}

/** Mends the links of Debian's Java to its configuration. They lead to /etc, but it is unpacked elsewhere. */
function linkConfiguration(machines, unpacked) {
  for (const entry of readdirSync(machines, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const target = entry.isSymbolicLink() ? readlinkSync(path) : "";
    if (!target.startsWith("/etc/") || !existsSync(join(unpacked, target))) continue;
    unlinkSync(path);
    symlinkSync(join(unpacked, target), path);
  }
}
