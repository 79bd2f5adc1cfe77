/** Checks all adapters, stores and runtimes, and prints their table. Fails if a law is broken. */
import process from "node:process";

import { adapters } from "../support/adapters/adapters.ts";
import type { LawResult } from "./laws.ts";
import { lawsIn, lawsInWorkerd } from "./run.ts";

/** A column of the table: a runtime, and the results of the laws there. */
interface Column {
  readonly runtime: string;
  readonly results: readonly LawResult[];
}

const columns = await tryAll();
const broken = columns.flatMap(({ runtime, results }) =>
  results.filter(({ outcome }) => outcome === "broken").map(({ subject, law }) => `${runtime}: ${subject}: ${law}`),
);
process.stdout.write(broken.length > 0 ? `${broken.join("\n")}\n` : tableOf(columns));
process.exit(broken.length > 0 ? 1 : 0);

async function tryAll(): Promise<readonly Column[]> {
  const nodes = JSON.parse(process.env["NODES"] ?? "[]") as [version: string, path: string][];
  const { BUN_BIN: bun, DENO_BIN: deno, WORKERD_BIN: workerd } = process.env;
  const tried: Column[] = [];
  for (const [version, path] of nodes) tried.push({ runtime: `Node ${version}`, results: await lawsIn(path, []) });
  if (bun !== undefined) tried.push({ runtime: "Bun", results: await lawsIn(bun, []) });
  const denoArgs = ["run", "--allow-all", "--no-lock"];
  if (deno !== undefined) tried.push({ runtime: "Deno", results: await lawsIn(deno, denoArgs) });
  if (workerd !== undefined) tried.push({ runtime: "workerd", results: await lawsInWorkerd(workerd) });
  return tried;
}

function tableOf(tried: readonly Column[]): string {
  const merged = withNodesMerged(tried);
  const lines = [
    ["", ...merged.map(({ runtime }) => runtime)],
    ["---", ...merged.map(() => "---")],
    ...adapters.map(({ name }) => [name, ...merged.map(({ results }) => cell(name, results))]),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Merges the versions of Node into one column if all have the same results: "Node 20, 22, 24, 26". */
function withNodesMerged(tried: readonly Column[]): readonly Column[] {
  const [first, ...others] = tried.filter(({ runtime }) => runtime.startsWith("Node "));
  if (first === undefined || others.some((other) => cells(other) !== cells(first))) return tried;
  const versions = others.map(({ runtime }) => runtime.slice("Node ".length));
  const rest = tried.filter(({ runtime }) => !runtime.startsWith("Node "));
  return [{ runtime: [first.runtime, ...versions].join(", "), results: first.results }, ...rest];
}

function cells({ results }: Column): string {
  return adapters.map(({ name }) => cell(name, results)).join("\n");
}

/** Returns the stores on which an adapter was checked, as the text of a cell. */
function cell(name: string, results: readonly LawResult[]): string {
  const prefix = `${name} on `;
  const subjects = results.map(({ subject }) => subject).filter((subject) => subject.startsWith(prefix));
  const stores = [...new Set(subjects)].map((subject) => subject.slice(prefix.length));
  return stores.length === 0 ? "–" : stores.join(", ");
}
