/**
 * How cost grows: with cookies in the header, with the size of a session, with requests in flight. The section
 * `million` measures how it grows with the sessions in the store.
 */
import { subjects, titleOf } from "../subjects/all.ts";
import type { Setting, Subject } from "../subjects/subject.ts";
import { measureCosts, type AddedCost, type Case, type Plan } from "./costs.ts";

export type Axis = "cookies" | "bytes" | "flight";

export interface Growth {
  readonly axis: Axis;
  readonly rows: readonly AddedCost[];
}

/** The subjects that are measured: the floor, ours and the most used peer. */
const FOLLOWED = ["floor", "Ringlet", "express-session"];
const COOKIES = [1, 10, 25, 50, 100];
const BYTES = [100, 1_000, 10_000, 100_000];
const FLIGHT = [1, 4, 16, 64, 256];

const PLAN: Plan = {
  kinds: ["read"],
  lanes: [16],
  rounds: 7,
  batchMilliseconds: 5,
  warmMilliseconds: 40,
  byteRounds: 0,
};
const inMemory: Setting = { store: "memory", padding: 0 };

/** Measures all axes. Without the URL of a Redis, it leaves out requests in flight: in memory they wait for nothing. */
export async function measureGrowth(redis: string | undefined, full: boolean): Promise<Growth[]> {
  const plan = full ? { ...PLAN, rounds: 21, warmMilliseconds: 150 } : PLAN;
  const cookies = await measureCosts(
    along(COOKIES, (subject, point) => ({ subject, setting: inMemory, crowd: { others: otherCookies(point - 1) } })),
    plan,
  );
  const bytes = await measureCosts(
    along(BYTES, (subject, point) => ({ subject, setting: { ...inMemory, padding: Math.max(0, point - 128) } })),
    plan,
  );
  const growths: Growth[] = [
    { axis: "cookies", rows: cookies.rows },
    { axis: "bytes", rows: bytes.rows },
  ];
  if (redis === undefined) return growths;
  const setting: Setting = { store: "redis", url: redis, padding: 0 };
  const flight = await measureCosts(
    followed(setting).map((subject) => ({ subject, setting })),
    { ...plan, lanes: FLIGHT },
  );
  return [...growths, { axis: "flight", rows: flight.rows.map((row) => ({ ...row, point: row.lanes })) }];
}

function along(points: readonly number[], caseOf: (subject: Subject, point: number) => Case): Case[] {
  return points.flatMap((point) => followed(inMemory).map((subject) => ({ ...caseOf(subject, point), point })));
}

function followed({ store }: Setting): Subject[] {
  return subjects.filter((subject) => FOLLOWED.includes(titleOf(subject)) && subject.stores.includes(store));
}

/** Cookies as large as those of analytics. */
function otherCookies(count: number): string {
  return Array.from({ length: count }, (_, number) => `_ga_${number}=GS1.1.1700000${number}.1.1.17000`).join("; ");
}
