/** `npm run bench`: measures what sessions cost, beside peers and floors. Only the ratios hold on a busy machine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { guard } from "./judge/guard.ts";
import { machineLine, watchMachine } from "./machine.ts";
import { root } from "./paths.ts";
import { writeCharts, writePages } from "./report/paste.ts";
import { terminalTable } from "./report/table.ts";
import { reportOf } from "./report/report.ts";
import type { Results } from "./results.ts";
import { judge } from "./judge/targets.ts";
import { sections, type SectionName } from "./sections/sections.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    full: { type: "boolean", default: false },
    peers: { type: "string" },
    guard: { type: "boolean", default: false },
    update: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "string", default: fileURLToPath(new URL("bench/results/latest.json", root)) },
  },
});

if (values.guard) process.exitCode = await guard(values.update);
else await bench();

async function bench(): Promise<void> {
  const names = Object.keys(sections) as SectionName[];
  const wanted = values.only?.split(",") ?? names;
  const unknown = wanted.find((name) => !Object.hasOwn(sections, name));
  if (unknown !== undefined) throw new TypeError(`--only: no "${unknown}"; there are ${names.join(", ")}`);

  if (values.write && values.only !== undefined) throw new TypeError("--write wants a whole run: leave --only out");

  const finish = watchMachine();
  const results: Results = { missing: [] };
  for (const name of names.filter((each) => wanted.includes(each))) {
    const start = performance.now();
    process.stdout.write(`${name} … `);
    await sections[name](results, { full: values.full, peers: values.peers?.split(",") });
    console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  results.machine = finish();

  for (const table of reportOf(results)) console.log(terminalTable(table));
  for (const line of results.missing) console.log(`not measured: ${line}`);
  console.log(`\n${machineLine(results.machine)}`);
  const file = resolve(values.json);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...results, targets: judge(results) }, undefined, 1)}\n`);
  writeCharts(results, pathToFileURL(`${dirname(file)}/`));
  if (values.write) writePages(results);
}
