/** The targets of Ringlet, and their verdicts. Most are ratios within one run, so that the machine matters little. */
import { spread } from "../harness/statistics.ts";
import type { Results } from "../results.ts";
import type { AddedCost } from "../sections/costs.ts";
import type { Framework, Kind, Store } from "../subjects/subject.ts";

/** A target. `measure` returns undefined if the run does not have the figures for it. */
export interface Target {
  readonly name: string;
  readonly limit: number;
  /** The good side of the limit. */
  readonly is: "at most" | "at least";
  readonly unit: "×" | "%" | "µs" | "B" | "ms" | "";
  readonly measure: (results: Results) => number | undefined;
}

export interface Verdict extends Omit<Target, "measure"> {
  readonly measured: number | undefined;
  readonly met: boolean | undefined;
}

const CORE = "Ringlet";

const targets: readonly Target[] = [
  ratio("memory, read: to the floor", 2.5, "memory", "read", CORE, "floor"),
  ratio("memory, read: to the best peer", 0.25, "memory", "read", CORE, bestPeer),
  ratio(
    "memory, read: to @fastify/session, both on Fastify",
    0.25,
    "memory",
    "read",
    "Ringlet (Fastify)",
    "@fastify/session",
  ),
  ratio(
    "memory, read: to express-session, both on Express",
    0.25,
    "memory",
    "read",
    "Ringlet (Express)",
    "express-session (Express)",
  ),
  atMost("memory, no cookie: CPU", 0.5, "µs", (results) => costOf(results, "memory", "none", CORE)?.cpu.median),
  ratio("sealed cookie, read: to the floor", 1.3, "cookie", "read", CORE, "floor"),
  ratio("sealed cookie, change: to the floor", 1.3, "cookie", "change", CORE, "floor"),
  ratio(
    "sealed cookie, read: to @fastify/secure-session, both on Fastify",
    1,
    "cookie",
    "read",
    "Ringlet (Fastify)",
    "@fastify/secure-session",
  ),
  ratio(
    "sealed cookie, change: to @fastify/secure-session, both on Fastify",
    1,
    "cookie",
    "change",
    "Ringlet (Fastify)",
    "@fastify/secure-session",
  ),
  ratio("sealed cookie, read: to iron-session", 0.05, "cookie", "read", CORE, "iron-session"),
  atMost("Redis, read: commands", 1, "", (results) => commandsOf(results, "read")),
  atMost("Redis, change: commands", 2, "", (results) => commandsOf(results, "change")),
  ratio("Redis, read, 64 in flight: to the floor", 1.3, "redis", "read", CORE, "floor", 64),
  ratio("Redis, read, 64 in flight: to the best peer", 0.5, "redis", "read", CORE, bestPeer, 64),
  share("node:http", 75, ["maps", "node"], "read"),
  share("Fastify", 60, ["fastify"], "read"),
  share("Hono", 60, ["hono"], "read"),
  share("fetch", 60, ["fetch"], "read"),
  share("Express", 50, ["express"], "read"),
  // A share is a quotient of two noisy numbers, so 97 stands for 100.
  ...(["maps", "fastify", "hono", "fetch", "express"] as const).map((on) => share(on, 97, [on], "idle")),
  atMost("a million sessions: RSS each", 250, "B", (results) => million(results, CORE)?.rssBytes),
  atMost("a million sessions: RSS to the lightest peer", 1, "×", (results) => {
    const peers = (results.million ?? []).filter(({ subject }) => subject !== CORE && subject !== "floor");
    const own = million(results, CORE)?.rssBytes;
    return own === undefined ? undefined : own / Math.min(...peers.map(({ rssBytes }) => rssBytes));
  }),
  atMost(
    "a million sessions: longest stall as they expire",
    5,
    "ms",
    (results) => million(results, CORE)?.sweepStallCpuMilliseconds,
  ),
];

/** Judges a run by the targets. Leaves out those that the run did not measure. */
export function judge(results: Results): Verdict[] {
  return targets.flatMap(({ measure, ...target }) => {
    const measured = measure(results);
    if (measured === undefined || Number.isNaN(measured)) return [];
    const met = target.is === "at most" ? measured <= target.limit : measured >= target.limit;
    return [{ ...target, measured, met }];
  });
}

/** A row of a run. */
export function costOf(
  { costs }: Results,
  store: Store,
  kind: Kind,
  subject: string,
  lanes?: number,
): AddedCost | undefined {
  return costs?.[store]?.find(
    (row) => row.subject === subject && row.kind === kind && (lanes === undefined || row.lanes === lanes),
  );
}

type Other = string | ((rows: readonly AddedCost[]) => AddedCost | undefined);

/** A target for one subject's processor time, divided by another's. */
function ratio(
  name: string,
  limit: number,
  store: Store,
  kind: Kind,
  subject: string,
  other: Other,
  lanes?: number,
): Target {
  return atMost(name, limit, "×", (results) => {
    const own = costOf(results, store, kind, subject, lanes);
    const rows = (results.costs?.[store] ?? []).filter((row) => row.kind === kind && row.lanes === own?.lanes);
    const that = typeof other === "string" ? rows.find((row) => row.subject === other) : other(rows);
    return own === undefined || that === undefined ? undefined : medianRatio(own, that);
  });
}

/** The median of the ratios of each round, because a machine is faster in one round than in the next. */
export function medianRatio(own: Pick<AddedCost, "rounds">, that: Pick<AddedCost, "rounds">): number {
  return spread(own.rounds.map((cost, round) => cost / (that.rounds[round] ?? NaN))).median;
}

function bestPeer(rows: readonly AddedCost[]): AddedCost | undefined {
  return rows.filter(({ side }) => side === "peer").toSorted((a, b) => a.cpu.median - b.cpu.median)[0];
}

function atMost(name: string, limit: number, unit: Target["unit"], measure: Target["measure"]): Target {
  return { name, limit, is: "at most", unit, measure };
}

/** A target for the share of the bare framework's requests per second of processor time. */
function share(on: string, limit: number, frameworks: readonly Framework[], kind: "read" | "idle"): Target {
  const what = kind === "read" ? "read from memory" : "session not used";
  return {
    name: `HTTP, ${what}: share of bare ${on === "maps" ? "node:http" : on}`,
    limit,
    is: "at least",
    unit: "%",
    measure({ http = [] }) {
      const rows = http.filter(
        (row) => row.side === "ringlet" && row.store === "memory" && frameworks.includes(row.framework),
      );
      const shares = rows.flatMap(({ shares: { [kind]: found } }) => (found === undefined ? [] : [found.median * 100]));
      return shares.length === 0 ? undefined : Math.max(...shares);
    },
  };
}

function commandsOf({ commands }: Results, kind: Kind): number | undefined {
  return commands?.find(({ subject }) => subject === CORE)?.commands[kind]?.length;
}

function million({ million: rows }: Results, subject: string): NonNullable<Results["million"]>[number] | undefined {
  return rows?.find((row) => row.subject === subject);
}
