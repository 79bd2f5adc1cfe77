/** Compiles TypeScript to JavaScript. Both outputs start empty, so that no file outlives its source. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "../steps/process.mjs";
import { step } from "../steps/step.mjs";

/** Compiles src to dist, which is published. */
export function build() {
  return step("build", () => emit("dist", "tsconfig.build.json"), { check: true });
}

/** Compiles src, test, examples and bench to .build. Call `build` first: they import the package by name. */
export function compile() {
  return step("compile", () => emit(".build", "tsconfig.json"), { check: true });
}

function emit(folder, project) {
  rmSync(join(root, folder), { recursive: true, force: true });
  return runTool("tsc", ["--project", project, "--pretty", String(process.stdout.isTTY === true)], { quiet: true });
}
