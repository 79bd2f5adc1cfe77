/** Installs dependencies, unless the lock file is the one that was installed last. */
import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "./process.mjs";
import { step } from "./step.mjs";

/** Brings `node_modules` of a folder in line with its `package-lock.json`. */
export async function install(folder, name = "npm ci") {
  const lock = hash("sha256", readFileSync(join(folder, "package-lock.json")));
  const stamp = join(folder, "node_modules", ".lock-sha256");
  if (read(stamp) === lock) return;
  await step(name, () => runNpm(["ci"], { cwd: folder, quiet: true }));
  writeFileSync(stamp, lock);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
