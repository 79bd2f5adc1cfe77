/**
 * Entry of every npm script. It installs the dependencies, builds and runs, so that `npm test` or `npm start` may be
 * the first command on a clean clone. The scripts import Node's built-in modules only.
 */
import { parseArgs } from "node:util";
import { bench } from "./commands/bench.mjs";
import { build, compile } from "./commands/build.mjs";
import { install } from "./steps/install.mjs";
import { integrations } from "./commands/integrations.mjs";
import { matrix } from "./commands/matrix.mjs";
import { mutation } from "./commands/mutation.mjs";
import { node, root, run, runTool } from "./steps/process.mjs";
import { provideServices } from "./services/services.mjs";
import { closingLine, StepFailed } from "./steps/step.mjs";
import { lint, test } from "./commands/test.mjs";

const oldestNode = [20, 19];

/** The commands, by name. One without `options` gets the rest of the line unparsed. */
const commands = {
  test: {
    usage: "npm test [-- [--all-nodes] [--coverage] [test/a.test.ts …]]",
    options: { "all-nodes": { type: "boolean" }, coverage: { type: "boolean" } },
    allowPositionals: true,
    counts: true,
    action: ({ values, positionals }) => test({ ...values, paths: positionals }),
  },
  start: {
    usage: "npm start [-- --store sqlite:FILE|redis://…|postgres://…|memory|cookie --port N]",
    action: ({ rest }) => runCompiled("examples/demo/main.js", rest),
  },
  bench: {
    usage: "npm run bench [-- --only memory,http --full --peers NAME,… --json FILE --write | --guard [--update]]",
    action: ({ rest }) => bench(rest),
  },
  route: { usage: "npm run route", options: {}, action: () => runCompiled("bench/route/main.js", []) },
  example: {
    usage: "npm run example -- express|fastify|koa|hono|h3|fetch|nest|luminus (PORT: where it listens)",
    options: {},
    allowPositionals: true,
    action: ({ positionals }) => example(positionals[0]),
  },
  races: {
    usage: "npm run races [-- --store redis|ioredis|postgres|sqlite] [--count N]",
    action: ({ rest }) => races(rest),
  },
  integrations: {
    usage: "npm run integrations [-- next|react-router|sveltekit|astro|nitro …]",
    options: {},
    allowPositionals: true,
    counts: true,
    action: ({ positionals }) => integrations(positionals),
  },
  matrix: { usage: "npm run matrix", options: {}, action: matrix },
  build: { usage: "npm run build", options: {}, action: build },
  format: { usage: "npm run format", options: {}, action: () => runTool("oxfmt", []) },
  mutation: { usage: "npm run mutation", options: {}, counts: true, action: mutation },
  lint: { usage: "npm run lint", options: {}, action: () => build().then(lint) },
};

process.exitCode = await main(...process.argv.slice(2));

async function main(name = "", ...rest) {
  if (isTooOld()) return refuse(`Node ${oldestNode.join(".")} or newer is needed; this is ${process.version}.`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refuse(`No command "${name}". There are: ${Object.keys(commands).join(", ")}.`);
  const given = parse(command, rest);
  if (given instanceof Error) return refuse(`${given.message}\nUsage: ${command.usage}`);

  console.log(`${name} on Node ${process.version} (${process.execPath})`);
  const code = await stopAtFailedStep(command, given);
  if (command.counts) console.log(`\n${closingLine()}`);
  return code;
}

function isTooOld() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

function parse({ options, allowPositionals = false }, rest) {
  if (options === undefined) return { rest };
  try {
    return parseArgs({ args: rest, options, allowPositionals });
  } catch (error) {
    return error;
  }
}

async function stopAtFailedStep(command, given) {
  try {
    await install(root);
    const result = await command.action(given);
    return result?.code ?? 0;
  } catch (error) {
    if (error instanceof StepFailed) return refuse(error.message);
    throw error;
  }
}

async function runCompiled(file, rest, { env } = {}) {
  await build();
  await compile();
  return run(node, [`.build/${file}`, ...rest], { env });
}

function example(name) {
  const names = ["express", "fastify", "koa", "hono", "h3", "fetch", "nest", "luminus"];
  if (!names.includes(name)) return { code: refuse(`No example "${name ?? ""}". There are: ${names.join(", ")}.`) };
  return runCompiled(name === "luminus" ? "examples/luminus/main.js" : `examples/${name}.js`, []);
}

async function races(rest) {
  const env = await provideServices({ install: true, only: ["Redis", "PostgreSQL"] });
  return runCompiled("test/races/main.js", rest, { env });
}

function refuse(message) {
  console.error(message);
  return 1;
}
