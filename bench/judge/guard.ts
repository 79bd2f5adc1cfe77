/**
 * `npm run bench -- --guard`: checks that requests cost no more than before. It compares only figures that depend
 * little on the machine.
 */
import { readFileSync, writeFileSync } from "node:fs";

import { root } from "../paths.ts";
import { short } from "../report/numbers.ts";
import { terminalTable, type Table } from "../report/table.ts";
import { casesOn, measureCosts, type AddedCost, type Plan } from "../sections/costs.ts";
import { titleOf } from "../subjects/all.ts";
import { KINDS, type Kind } from "../subjects/subject.ts";
import { medianRatio } from "./targets.ts";

/** The most that a kind of request may cost. */
export interface Limit {
  /** Bytes allocated. */
  readonly bytes: number;
  /** Processor time, as a multiple of the floor's. Only the core has this limit. */
  readonly ratio?: number | undefined;
}

export type Limits = Readonly<Record<string, Limit>>;

/** A cost that is over its limit, or that has no limit. */
export interface Breach {
  readonly name: string;
  readonly what: "bytes" | "ratio";
  readonly measured: number;
  readonly limit: number | undefined;
}

/** Room above what was measured: bytes move by a few percent from run to run, processor time by more. */
const ROOM = { bytes: 1.15, ratio: 1.8 };
const GUARDED = ["floor", "Ringlet", "Ringlet (Express)", "Ringlet (Fastify)", "Ringlet (fetch)"];
const PLAN: Plan = { kinds: KINDS, lanes: [16], rounds: 15, batchMilliseconds: 3, warmMilliseconds: 60, byteRounds: 5 };

/** The kinds for which the floor does some work. The other kinds are compared with the floor's read. */
const COMPARABLE: readonly Kind[] = ["read", "change", "login"];

const file = new URL("bench/judge/guard.json", root);

/** Measures and compares; `update` makes new limits of the measured costs instead. Returns the exit code. */
export async function guard(update: boolean): Promise<number> {
  const measured = await measure();
  if (update) {
    writeFileSync(file, `${JSON.stringify(withRoom(measured), undefined, 2)}\n`);
    console.log(`bench/judge/guard.json has ${Object.keys(measured).length} new limits`);
    return 0;
  }
  const limits = JSON.parse(readFileSync(file, "utf8")) as Limits;
  console.log(terminalTable(tableOf(measured, limits)));
  const first = breachesOf(measured, limits);
  const breaches = first.length === 0 ? first : confirmed(first, breachesOf(await measure(), limits));
  for (const { name, what, measured: now, limit } of breaches) {
    console.log(`over the limit: ${name}: ${what} ${short(now)}, at most ${limit === undefined ? "?" : short(limit)}`);
  }
  console.log(breaches.length === 0 ? "\nNothing costs more than it may." : `\n${breaches.length} over the limit.`);
  return breaches.length === 0 ? 0 : 1;
}

/** The costs that are over their limits. A cost without a limit is a breach too: nobody has looked at it. */
export function breachesOf(measured: Limits, limits: Limits): Breach[] {
  return Object.entries(measured).flatMap(([name, now]) =>
    (["bytes", "ratio"] as const).flatMap((what): Breach[] => {
      const limit = limits[name]?.[what];
      const value = now[what];
      if (value === undefined || (limit !== undefined && value <= limit)) return [];
      return [{ name, what, measured: value, limit }];
    }),
  );
}

/** The costs that were over their limits twice: on a busy machine any request can be expensive once. */
export function confirmed(first: readonly Breach[], second: readonly Breach[]): Breach[] {
  return second.filter(({ name, what }) => first.some((each) => each.name === name && each.what === what));
}

/** Limits for measured costs. A hundred bytes more are always allowed. */
export function withRoom(measured: Limits): Limits {
  const entries = Object.entries(measured).map(([name, { bytes, ratio }]): [string, Limit] => [
    name,
    {
      bytes: Math.round(Math.max(0, bytes) * ROOM.bytes + 100),
      ...(ratio !== undefined && { ratio: Math.ceil(Math.max(0.1, ratio) * ROOM.ratio * 100) / 100 }),
    },
  ]);
  return Object.fromEntries(entries);
}

async function measure(): Promise<Limits> {
  const measured: Record<string, Limit> = {};
  for (const store of ["memory", "cookie"] as const) {
    const cases = casesOn({ store, padding: 0 }, (subject) => GUARDED.includes(titleOf(subject)));
    const { rows, missing } = await measureCosts(cases, PLAN);
    if (missing.length > 0) throw new Error(missing.join("\n"));
    const floors = rows.filter(({ side }) => side === "floor");
    const floorOf = (kind: Kind): AddedCost | undefined =>
      floors.find((row) => row.kind === (COMPARABLE.includes(kind) ? kind : "read"));
    for (const row of rows.filter(({ side }) => side === "ringlet")) {
      measured[`${store}, ${row.subject}, ${row.kind}`] = limitOf(row, floorOf(row.kind));
    }
  }
  return measured;
}

function limitOf(row: AddedCost, floor: AddedCost | undefined): Limit {
  const ratio = row.framework === "maps" && floor !== undefined ? medianRatio(row, floor) : undefined;
  return { bytes: row.bytes?.least ?? NaN, ...(ratio !== undefined && { ratio }) };
}

function tableOf(measured: Limits, limits: Limits): Table {
  const cell = (value: number | undefined): string => (value === undefined ? "" : short(value));
  return {
    title: "Bytes of a request, and CPU as a multiple of the floor",
    rows: [
      ["", "bytes", "at most", "CPU", "at most"],
      ...Object.entries(measured).map(([name, { bytes, ratio }]) => [
        name,
        cell(bytes),
        cell(limits[name]?.bytes),
        cell(ratio),
        cell(limits[name]?.ratio),
      ]),
    ],
  };
}
