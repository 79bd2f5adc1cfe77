/** `npm run bench`: installs the peers and the servers, then runs bench/main.ts, on Node 24 if npm has it. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { build, compile } from "./build.mjs";
import { install } from "../steps/install.mjs";
import { listNodes } from "../runtimes/other-nodes.mjs";
import { node, root, run, runTool } from "../steps/process.mjs";
import { provideServices } from "../services/services.mjs";

const flags = ["--expose-gc", "--no-warnings"];

/** Measures. `rest` goes to bench/main.ts, which knows the options. */
export async function bench(rest) {
  await install(join(root, "tools", "runtimes"), "npm ci in tools/runtimes");
  await install(join(root, "bench"), "npm ci in bench");
  const env = await provideServices({ install: true, only: ["Redis", "PostgreSQL"] });
  await build();
  await compile();
  // The compiled bench finds its peers where its sources would.
  symlinkSync(join(root, "bench", "node_modules"), join(root, ".build", "bench", "node_modules"), "junction");
  const outcome = await run(benchNode(), [...flags, ".build/bench/main.js", ...rest], { env });
  if (outcome.code === 0 && rest.includes("--write")) await runTool("oxfmt", ["README.md", "docs/performance.md"]);
  return outcome;
}

/** Returns Node 24 if npm has it for this machine, otherwise this Node. */
function benchNode() {
  return listNodes().find(({ version, isHere }) => isHere && version.startsWith("24."))?.path ?? node;
}
