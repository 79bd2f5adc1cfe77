/** Packs the package as it would be published. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runNpm } from "./process.mjs";
import { step } from "./step.mjs";

/** Packs the output of `build`. Returns the path of the tarball. */
export async function pack() {
  await step("pack", () => runNpm(["pack", "--ignore-scripts", "--pack-destination", ".build"], { quiet: true }));
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return join(root, ".build", `${name}-${version}.tgz`);
}
