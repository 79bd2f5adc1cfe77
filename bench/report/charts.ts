/** The charts of a run, by the name of their file. */
import type { Results } from "../results.ts";
import type { AddedCost } from "../sections/costs.ts";
import type { Axis } from "../sections/growth.ts";
import { dotPlot, linePlot, type Dot, type Tone } from "./svg.ts";

const TONES: Readonly<Record<AddedCost["side"], Tone>> = { ringlet: "own", peer: "peer", floor: "floor" };

const GROWTH: Readonly<Record<Axis, readonly [title: string, across: string]>> = {
  cookies: ["A read from memory, by cookies in the header", "cookies in the header"],
  bytes: ["A read from memory, by the size of the session", "bytes of JSON"],
  flight: ["A read from Redis, by requests in flight", "requests in flight"],
};

export function chartsOf(results: Results): Readonly<Record<string, string>> {
  const { memory, cookie, redis } = results.costs ?? {};
  return {
    ...(memory && { "bench-memory.svg": readChart("A read, sessions in memory", memory) }),
    ...(cookie && { "bench-cookie.svg": readChart("A read, sessions in the cookie", cookie) }),
    ...(redis && {
      "bench-redis.svg": readChart(
        "A read from Redis, 64 in flight",
        redis.filter(({ lanes }) => lanes === 64),
      ),
    }),
    ...(results.http && { "bench-http.svg": httpChart(results.http) }),
    ...(results.million && { "bench-by-sessions.svg": sessionsChart(results.million) }),
    ...Object.fromEntries(
      (results.growth ?? []).map(({ axis, rows }) => [`bench-by-${axis}.svg`, growthChart(axis, rows)]),
    ),
  };
}

function readChart(title: string, rows: readonly AddedCost[]): string {
  const reads = rows.filter(({ kind }) => kind === "read").toSorted((a, b) => a.cpu.median - b.cpu.median);
  const dots = reads.map(({ subject, side, cpu }): Dot => ({ label: subject, spread: cpu, tone: TONES[side] }));
  return dotPlot(title, "µs of CPU added to a request; dot: median, bar: quartiles", dots, "log");
}

function httpChart(rows: NonNullable<Results["http"]>): string {
  const dots = rows.flatMap(({ subject, side, store, shares: { read } }): Dot[] => {
    if (read === undefined) return [];
    const { least, low, median, high } = read;
    const percents = { least: least * 100, low: low * 100, median: median * 100, high: high * 100 };
    return [{ label: `${subject}, ${store}`, spread: percents, tone: TONES[side] }];
  });
  const sorted = dots.toSorted((a, b) => b.spread.median - a.spread.median);
  return dotPlot("A read over HTTP", "requests per CPU-second, % of the bare framework's", sorted, "linear");
}

function growthChart(axis: Axis, rows: readonly AddedCost[]): string {
  const [title, across] = GROWTH[axis];
  const names = [...new Set(rows.map(({ subject }) => subject))];
  const lines = names.map((label) => {
    const own = rows.filter(({ subject }) => subject === label).toSorted((a, b) => (a.point ?? 0) - (b.point ?? 0));
    const points = own.map(({ point = 1, cpu }) => [point, cpu.median] as const);
    return { label, points, tone: TONES[own[0]?.side ?? "peer"] };
  });
  return linePlot(title, "µs of CPU added to a request, median", lines, across);
}

function sessionsChart(rows: NonNullable<Results["million"]>): string {
  const lines = rows.map(({ subject, reads }) => {
    const points = reads.map(({ sessions, microseconds }) => [sessions, microseconds] as const);
    const tone = subject === "Ringlet" ? "own" : subject === "floor" ? "floor" : "peer";
    return { label: subject, points, tone } as const;
  });
  return linePlot("A read of the memory store alone, by sessions in it", "µs", lines, "sessions in the store");
}
