/** Tables of what sessions add to a request. */
import type { AddedCost } from "../sections/costs.ts";
import { KINDS, type Kind } from "../subjects/subject.ts";
import { short, withSpread } from "./numbers.ts";
import type { Table } from "./table.ts";

const HEADS: Readonly<Record<Kind, string>> = {
  none: "no cookie",
  idle: "not used",
  read: "read",
  change: "change",
  login: "log in",
  logout: "log out",
};

/** Tables of µs of processor time by kind of request, and of bytes if they were counted. */
export function costTables(store: string, rows: readonly AddedCost[]): Table[] {
  const lanes = [...new Set(rows.map((row) => row.lanes))];
  const tables = lanes.map((each) => {
    const here = rows.filter((row) => row.lanes === each);
    const flight = lanes.length > 1 ? `, ${each} in flight` : "";
    return tableOf(`${store}: µs of CPU that a session adds to a request${flight}`, here, ({ cpu }) => withSpread(cpu));
  });
  const clocks = lanes.length > 1 ? [clockTable(store, rows)] : [];
  const counted = rows.filter(({ bytes }) => bytes !== undefined);
  if (counted.length === 0) return [...tables, ...clocks];
  const bytes = tableOf(`${store}: bytes allocated`, counted, (row) => short(row.bytes?.median ?? NaN));
  return [...tables, ...clocks, bytes];
}

/** Table of µs on the clock of a read and a change, for stores on a network. */
function clockTable(store: string, rows: readonly AddedCost[]): Table {
  const lanes = [...new Set(rows.map((row) => row.lanes))];
  const columns = (["read", "change"] as const).flatMap((kind) => lanes.map((each) => [kind, each] as const));
  const names = order(rows);
  return {
    title: `${store}: µs on the clock per request`,
    rows: [
      ["", ...columns.map(([kind, each]) => `${HEADS[kind]}, ${each} in flight`)],
      ...names.map((name) => [
        name,
        ...columns.map(([kind, each]) => {
          const row = rows.find((one) => one.subject === name && one.kind === kind && one.lanes === each);
          return row === undefined ? "–" : withSpread(row.wall);
        }),
      ]),
    ],
  };
}

function tableOf(title: string, rows: readonly AddedCost[], cell: (row: AddedCost) => string): Table {
  const kinds = KINDS.filter((kind) => rows.some((row) => row.kind === kind));
  const line = (name: string): string[] => [
    name,
    ...kinds.map((kind) => {
      const row = rows.find((each) => each.subject === name && each.kind === kind);
      return row === undefined ? "–" : cell(row);
    }),
  ];
  return { title, rows: [["", ...kinds.map((kind) => HEADS[kind])], ...order(rows).map(line)] };
}

/** The subjects, cheapest read first. */
function order(rows: readonly AddedCost[]): string[] {
  const reads = rows.filter(({ kind }) => kind === "read").toSorted((a, b) => a.cpu.median - b.cpu.median);
  return [...new Set([...reads, ...rows].map(({ subject }) => subject))];
}
