/** From TypeScript to JavaScript. Both outputs start empty, so that nothing outlives its source. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "../steps/process.mjs";
import { step } from "../steps/step.mjs";

/** src → dist: what is published. */
export function build() {
  return step("build", () => emit("dist", "tsconfig.build.json"), { check: true });
}

/** src, test, examples, bench → .build: what runs here. It imports the package by name, so `build` comes first. */
export function compile() {
  return step("compile", () => emit(".build", "tsconfig.json"), { check: true });
}

function emit(folder, project) {
  rmSync(join(root, folder), { recursive: true, force: true });
  return runTool("tsc", ["--project", project, "--pretty", String(process.stdout.isTTY === true)], { quiet: true });
}
