/** Puts the results of a run into pages, between marks that stay. */
import { readFileSync, writeFileSync } from "node:fs";

import { machineLine } from "../machine.ts";
import { root } from "../paths.ts";
import type { Results } from "../results.ts";
import { costOf } from "../judge/targets.ts";
import { chartsOf } from "./charts.ts";
import { short } from "./numbers.ts";
import { reportOf } from "./report.ts";
import { markdownTable, type Table } from "./table.ts";

/** Writes the charts into a folder. */
export function writeCharts(results: Results, folder: URL): void {
  for (const [name, chart] of Object.entries(chartsOf(results))) writeFileSync(new URL(name, folder), chart);
}

/** Writes docs/performance.md, README.md and their charts. Needs the results of a whole run. */
export function writePages(results: Results): void {
  writeCharts(results, new URL("docs/images/", root));
  const machine = results.machine === undefined ? "" : `${machineLine(results.machine)}.`;
  const versions = Object.entries(results.machine?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const missing = results.missing.map((line) => `Not measured: ${line}.`);
  paste("docs/performance.md", [machine, versions.join(", "), ...missing, ...reportOf(results).map(markdownTable)]);
  paste("README.md", [markdownTable(summary(results)), machine]);
}

/** The table of the README. */
function summary(results: Results): Table {
  const row = (name: string): string[] => [
    name,
    ...(["memory", "cookie", "redis"] as const).map((store) => {
      const cost = costOf(results, store, "read", name, store === "redis" ? 64 : undefined);
      return cost === undefined ? "" : short(cost.cpu.median);
    }),
  ];
  const names = (["memory", "cookie", "redis"] as const).flatMap((store) =>
    (results.costs?.[store] ?? []).filter(
      ({ kind, framework, side }) => kind === "read" && (side !== "ringlet" || framework === "maps"),
    ),
  );
  const sorted = names.toSorted((a, b) => a.cpu.median - b.cpu.median).map(({ subject }) => subject);
  return {
    title: "µs of CPU that a session adds to a request that reads it",
    rows: [["", "memory", "cookie", "Redis, 64 in flight"], ...[...new Set(sorted)].map(row)],
  };
}

/** Replaces the text between `<!-- bench -->` and `<!-- /bench -->`. */
function paste(path: string, parts: readonly string[]): void {
  const file = new URL(path, root);
  const page = readFileSync(file, "utf8");
  const [start, end] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (start === -1 || end < start) throw new Error(`${path} has no ${MARKS.join(" … ")}`);
  writeFileSync(file, `${page.slice(0, start + MARKS[0].length)}\n\n${parts.join("\n\n")}\n\n${page.slice(end)}`);
}

const MARKS = ["<!-- bench -->", "<!-- /bench -->"] as const;
