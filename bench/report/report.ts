/** A run as tables. */
import type { Results } from "../results.ts";
import type { CommandRow } from "../sections/commands.ts";
import type { HttpRow } from "../sections/http.ts";
import { costTables } from "./cost-tables.ts";
import { percent, short } from "./numbers.ts";
import type { Table } from "./table.ts";

export const STORE_NAMES: Readonly<Record<string, string>> = {
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
