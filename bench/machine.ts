/** The machine and the versions that a run was made on. */
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";

import { root } from "./paths.ts";
import type { Machine } from "./results.ts";

/** Starts a clock. Returns a function for the end of the run that describes it. */
export function watchMachine(): () => Machine {
  const start = performance.now();
  const [before = 0] = loadavg();
  return () => ({
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    node: process.versions.node,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    load: [before, loadavg()[0] ?? 0],
    seconds: Math.round((performance.now() - start) / 1000),
    versions: versions(),
  });
}

export function machineLine({ node, processor, cores, memoryGiB, system, load, date, seconds }: Machine): string {
  const busy = `load ${load.map((each) => each.toFixed(1)).join(" before, ")} after`;
  return `Node ${node}, ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}; ${date} UTC, ${busy}, ${seconds} s`;
}

/** Versions of the measured packages: ours, and the peers as bench/package.json pins them. */
function versions(): Record<string, string> {
  const read = (path: string): { version?: string; dependencies: Record<string, string> } =>
    JSON.parse(readFileSync(new URL(path, root), "utf8")) as never;
  return { ringlet: read("package.json").version ?? "", ...read("bench/package.json").dependencies };
}
