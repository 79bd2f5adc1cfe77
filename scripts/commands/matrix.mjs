/** `npm run matrix`: tries every adapter on every store in every runtime. It prints the table, also into README.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, compile } from "./build.mjs";
import { listNodes } from "../runtimes/other-nodes.mjs";
import { provideRuntimes } from "../runtimes/other-runtimes.mjs";
import { node, root, run, runTool } from "../steps/process.mjs";
import { provideServices } from "../services/services.mjs";
import { fail } from "../steps/step.mjs";

const marks = ["<!-- matrix -->", "<!-- /matrix -->"];

export async function matrix() {
  await build();
  await compile();
  const services = await provideServices({ install: true, only: ["Redis"] });
  const others = await provideRuntimes();
  const nodes = [{ version: process.versions.node, path: node }, ...listNodes().filter(({ isHere }) => isHere)];
  const env = { ...services, NODES: JSON.stringify(nodes.map(({ version, path }) => [version.split(".")[0], path])) };
  for (const { variable, path } of others) env[variable] = path;

  const { code, output } = await run(node, [".build/test/runtimes/matrix.js"], { quiet: true, env });
  if (code !== 0) fail(`The matrix has gaps:\n${output}`);
  const table = output.slice(output.indexOf("|  |")).trimEnd();
  console.log(`\n${table}`);
  await paste(table);
}

async function paste(table) {
  const file = join(root, "README.md");
  const text = readFileSync(file, "utf8");
  const [start, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (start === -1 || end < start) fail(`README.md has no ${marks.join(" … ")}.`);
  writeFileSync(file, `${text.slice(0, start + marks[0].length)}\n\n${table}\n\n${text.slice(end)}`);
  await runTool("oxfmt", ["README.md"]);
}
