/**
 * `npm run integrations`: tests the applications in examples/integrations/. Each is copied out of the repository,
 * installed from its lock file beside the packed package, and built for production. Then the tests walk through it.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { build, compile } from "./build.mjs";
import { runTests } from "../steps/node-test.mjs";
import { listNodes, provideNodes } from "../runtimes/other-nodes.mjs";
import { pack } from "../steps/pack.mjs";
import { node, root, runNpm } from "../steps/process.mjs";
import { provideServices } from "../services/services.mjs";
import { fail, missing, step } from "../steps/step.mjs";

/** The oldest Node on which all of these frameworks run. */
const oldestNode = [22, 22];

const quietly = { NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" };

/** Builds the package, installs what the tests need, and tests the applications of these names, by default all. */
export async function integrations(names) {
  const known = listIntegrations();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`No integration "${unknown}". There are: ${known.join(", ")}.`);
  await build();
  await compile();
  await provideNodes();
  await testIntegrations({ wanted: true, env: await provideServices({ install: true, only: ["Chromium"] }), names });
}

/** Tests the applications of `names`, by default all. Unless `wanted`, only prints the command that does. */
export async function testIntegrations({ wanted, env, names = [] }) {
  const chosen = names.length > 0 ? names : listIntegrations();
  if (!wanted) return console.log(`${chosen.join(", ")}: not run; npm run integrations runs them`);
  const newer = newerNode();
  if (newer === undefined) {
    return missing(chosen.join(", "), `they need Node ${oldestNode.join(".")} or later`, chosen.length);
  }

  const place = mkdtempSync(join(tmpdir(), "ringlet-integrations-"));
  try {
    const here = await installed(chosen, place, await pack());
    const found = { ...quietly, PATH: [dirname(newer), process.env.PATH].join(delimiter) };
    for (const name of here) {
      const cwd = join(place, name);
      await step(`build ${name}`, () => runNpm(["run", "build"], { cwd, env: found, quiet: true }), { check: true });
    }
    const told = { ...env, ...quietly, INTEGRATIONS: place, INTEGRATIONS_NODE: newer };
    await step(`tests of ${here.join(", ")}`, () =>
      runTests(node, ["test/integrations/walk.test.ts"], { env: told, quiet: true }),
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function listIntegrations() {
  return readdirSync(join(root, "examples", "integrations"));
}

/** Returns a Node that is new enough: this one, or one of tools/runtimes/. */
function newerNode() {
  const here = [{ version: process.versions.node, path: node }, ...listNodes().filter(({ isHere }) => isHere)];
  return here.find(({ version }) => isNewEnough(version))?.path;
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** Installs the applications side by side. Returns the names of those that could be installed. */
async function installed(names, place, tarball) {
  const results = [];
  await step(`npm ci in ${names.length} integrations`, async () => {
    results.push(...(await Promise.all(names.map((name) => installOne(name, place, tarball)))));
    return { code: 0 };
  });
  for (const { name, code, output } of results) if (code !== 0) missing(name, `npm ci failed\n${output}`, 1);
  return results.filter(({ code }) => code === 0).map(({ name }) => name);
}

async function installOne(name, place, tarball) {
  const folder = join(place, name);
  cpSync(join(root, "examples", "integrations", name), folder, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  cpSync(tarball, join(folder, "ringlet.tgz"));
  const result = await runNpm(["ci", "--ignore-scripts"], { cwd: folder, quiet: true });
  return { name, ...result };
}
