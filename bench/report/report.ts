/** A run as tables. */
import type { Results } from "../results.ts";
import type { CommandRow } from "../sections/commands.ts";
import type { Growth } from "../sections/growth.ts";
import type { HttpRow } from "../sections/http.ts";
import type { MillionRow } from "../sections/million.ts";
import type { BundleRow, WeightRow } from "../sections/weight.ts";
import { judge } from "../judge/targets.ts";
import { costTables } from "./cost-tables.ts";
import { percent, short, withSpread } from "./numbers.ts";
import type { Table } from "./table.ts";

const STORE_NAMES: Readonly<Record<string, string>> = {
  memory: "In memory",
  cookie: "In the cookie",
  redis: "Redis",
  sqlite: "SQLite",
  postgres: "Postgres",
};

export function reportOf(results: Results): Table[] {
  return [
    ...Object.entries(results.costs ?? {}).flatMap(([store, rows]) => costTables(STORE_NAMES[store] ?? store, rows)),
    ...(results.commands === undefined ? [] : [commandTable(results.commands)]),
    ...(results.http === undefined ? [] : [httpTable(results.http)]),
    ...(results.million === undefined ? [] : [millionTable(results.million)]),
    ...(results.weight === undefined ? [] : [weightTable(results.weight)]),
    ...(results.bundles === undefined ? [] : [bundleTable(results.bundles)]),
    ...(results.growth ?? []).map(growthTable),
    targetTable(results),
  ];
}

function commandTable(rows: readonly CommandRow[]): Table {
  const kinds = ["none", "idle", "read", "change", "login"] as const;
  return {
    title: "Redis: commands of a request",
    rows: [
      ["", "no cookie", "not used", "read", "change", "log in"],
      ...rows.map(({ subject, commands }) => [
        subject,
        ...kinds.map((kind) => {
          const names = commands[kind];
          return names === undefined ? "–" : names.join(" + ") || "none";
        }),
      ]),
    ],
  };
}

function httpTable(rows: readonly HttpRow[]): Table {
  const sorted = rows.toSorted((a, b) => a.framework.localeCompare(b.framework) || read(b) - read(a));
  const changes = rows.some(({ shares }) => shares.change !== undefined);
  return {
    title: "Over HTTP: requests per second of processor time, as a share of the bare framework's",
    rows: [
      ["", "on", "store", "bare", "not used", "read", ...(changes ? ["change"] : [])],
      ...sorted.map(({ subject, framework, store, bare, shares }) => [
        subject,
        framework === "maps" ? "node" : framework,
        store,
        short(bare.median),
        ...(changes ? (["idle", "read", "change"] as const) : (["idle", "read"] as const)).map((kind) => {
          const share = shares[kind];
          return share === undefined ? "–" : `${percent(share.median)} (${percent(share.low)}–${percent(share.high)})`;
        }),
      ]),
    ],
  };
}

function read({ shares }: HttpRow): number {
  return shares.read?.median ?? 0;
}

function millionTable(rows: readonly MillionRow[]): Table {
  const kilo = (rows[0]?.sessions ?? 0).toLocaleString("en-US").replaceAll(",", " ");
  return {
    title: `${kilo} sessions of 100 B in memory`,
    rows: [
      [
        "",
        "RSS B each",
        "heap B each",
        "insert µs",
        "read µs",
        "full GC ms",
        "stall as they expire ms",
        "on the clock ms",
      ],
      ...rows.map((row) => [
        row.subject,
        short(row.rssBytes),
        short(row.heapBytes),
        short(row.insertMicroseconds),
        row.reads.map(({ microseconds }) => short(microseconds)).join(", "),
        short(row.collectionMilliseconds),
        row.sweepStallCpuMilliseconds === undefined ? "never swept" : short(row.sweepStallCpuMilliseconds),
        row.sweepStallMilliseconds === undefined ? "–" : short(row.sweepStallMilliseconds),
      ]),
    ],
    note: "A stall is the longest turn of the event loop, in processor time of its thread; the clock beside it also counts what other programs took.",
  };
}

function weightTable(rows: readonly WeightRow[]): Table {
  return {
    title: "Import, install",
    rows: [
      ["", "import ms", "packages", "KiB installed"],
      ...rows.map(({ subject, importMilliseconds, packages, bytes }) => [
        subject,
        withSpread(importMilliseconds),
        String(packages),
        short(bytes / 1024),
      ]),
    ],
  };
}

function bundleTable(rows: readonly BundleRow[]): Table {
  return {
    title: "Bundles, minified, peers left out",
    rows: [
      ["", "KiB", "KiB in brotli"],
      ...rows.map(({ subpath, bytes, compressed }) => [subpath, short(bytes / 1024), short(compressed / 1024)]),
    ],
  };
}

function growthTable({ axis, rows }: Growth): Table {
  const points = [...new Set(rows.map(({ point = 0 }) => point))].toSorted((a, b) => a - b);
  const names = [...new Set(rows.map(({ subject }) => subject))];
  const cell = (name: string, point: number): string => {
    const row = rows.find((each) => each.subject === name && each.point === point);
    return row === undefined ? "–" : withSpread(row.cpu);
  };
  const across = { cookies: "cookies", bytes: "bytes", flight: "in flight on Redis" }[axis];
  return {
    title: `µs of CPU that a read adds, by ${across}`,
    rows: [["", ...points.map(String)], ...names.map((name) => [name, ...points.map((point) => cell(name, point))])],
  };
}

function targetTable(results: Results): Table {
  return {
    title: "Targets",
    rows: [
      ["", "target", "measured", "met"],
      ...judge(results).map(({ name, is, limit, unit, measured = NaN, met = false }) => [
        name,
        `${is} ${limit}${unit === "" ? "" : ` ${unit}`}`,
        short(measured),
        met ? "met" : "not met",
      ]),
    ],
  };
}
