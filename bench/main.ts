/** `npm run bench [-- memory|requests]`: what sessions cost here, printed. Ratios hold on a busy machine, times do not. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { memoryBench, memoryReport } from "./memory.ts";
import { requestBench } from "./requests.ts";
import { table } from "./timing.ts";

const benches: Readonly<Record<string, () => Promise<string>>> = {
  requests: async () => table(await requestBench()),
  memory: async () => memoryReport(await memoryBench()),
};

const { positionals } = parseArgs({ allowPositionals: true });
const wanted = positionals.length === 0 ? Object.keys(benches) : positionals;
console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}`);
for (const name of wanted) {
  const bench = benches[name];
  if (bench === undefined) throw new TypeError(`no bench "${name}"; there are ${Object.keys(benches).join(", ")}`);
  console.log(`\n${name}\n${await bench()}`);
}
