/** `npm test`: runs every check, the quick ones first. */
import { build, compile } from "./build.mjs";
import { testIntegrations } from "./integrations.mjs";
import { findTests, runTests } from "../steps/node-test.mjs";
import { testOnOtherNodes } from "../runtimes/other-nodes.mjs";
import { testOnOtherRuntimes } from "../runtimes/other-runtimes.mjs";
import { pack } from "../steps/pack.mjs";
import { node, runTool } from "../steps/process.mjs";
import { provideServices } from "../services/services.mjs";
import { isCi, step } from "../steps/step.mjs";

/** Runs every check, or the tests at `paths` alone. */
export async function test({ paths, coverage, "all-nodes": allNodes = isCi }) {
  if (paths.length > 0) await testThese(paths, coverage);
  else await testAll(coverage, allNodes);
}

/** Lints, with types. Call `build` first: tests and examples import the package by name. */
export async function lint() {
  await check("lint", "oxlint", []);
}

async function testThese(paths, coverage) {
  const files = findTests(paths);
  await build();
  await compile();
  await testHere(files, { install: false, coverage });
}

async function testAll(coverage, allNodes) {
  await check("format", "oxfmt", ["--check"]);
  await build();
  await lint();
  await compile();
  const env = await testHere(findTests().filter(isForNode), { install: true, coverage });
  await check("unused code", "knip", ["--tsConfig", "tsconfig.build.json"]);
  await checkPackage();
  await testOnOtherNodes({ wanted: allNodes, env });
  await testOnOtherRuntimes({ wanted: allNodes, env });
  await testIntegrations({ wanted: allNodes, env });
}

/** Whether a test runs on Node alone. Those of other runtimes, and of the integrations, come last. */
function isForNode(file) {
  return !file.startsWith("test/runtimes/") && file !== "test/integrations/walk.test.ts";
}

async function testHere(files, { install, coverage }) {
  const env = await provideServices({ install });
  await step("tests", () => runTests(node, files, { env, coverage }), { live: true });
  return env;
}

/** Checks the tarball that would be published. */
async function checkPackage() {
  const tarball = await pack();
  await check("package", "publint", ["run", tarball, "--strict"]);
  await check("package types", "attw", [tarball, "--profile", "esm-only"]);
}

function check(name, tool, args) {
  return step(name, () => runTool(tool, args, { quiet: true }), { check: true });
}
