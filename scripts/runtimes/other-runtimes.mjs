/** Runs the laws on Bun, Deno and workerd. npm installs these into tools/runtimes/, a package for each platform. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "../steps/install.mjs";
import { runTests } from "../steps/node-test.mjs";
import { node, root } from "../steps/process.mjs";
import { isProgram } from "../services/programs.mjs";
import { missing, step } from "../steps/step.mjs";

const folder = join(root, "tools", "runtimes");
const { platform, arch } = process;
const glibc = platform === "linux" ? "-glibc" : "";

const runtimes = [
  { name: "Bun", id: "bun", program: `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}/bin/bun` },
  { name: "Deno", id: "deno", program: `@deno/${platform}-${arch}${glibc}/deno` },
  { name: "workerd", id: "workerd", program: `@cloudflare/workerd-${platform}-${arch.replace("x", "")}/bin/workerd` },
];

/** Runs the laws of stores and adapters on each runtime. Unless `wanted`, only prints the command that does. */
export async function testOnOtherRuntimes({ wanted, env }) {
  const names = runtimes.map(({ name, id }) => `${name} ${versionOf(id)}`);
  if (!wanted) return console.log(`${names.join(", ")}: not run; npm test -- --all-nodes runs them`);

  for (const { name, id, variable, path } of await provideRuntimes()) {
    const files = [`test/runtimes/${id}.test.ts`];
    await step(`laws on ${name} ${versionOf(id)}`, () =>
      runTests(node, files, { env: { ...env, [variable]: path }, quiet: true }),
    );
  }
}

/** Installs the runtimes. Returns those that are here, each with the `variable` that tells the tests its path. */
export async function provideRuntimes() {
  await install(folder, "npm ci in tools/runtimes");
  const located = runtimes.map(({ name, id, program }) => {
    const variable = `${id.toUpperCase()}_BIN`;
    return { name, id, variable, path: process.env[variable] ?? join(folder, "node_modules", program) };
  });
  for (const { name, path } of located) {
    if (!isProgram(path)) missing(name, `no ${path}: not on npm for ${platform} ${arch}`, 1);
  }
  return located.filter(({ path }) => isProgram(path));
}

function versionOf(id) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return optionalDependencies[id];
}
