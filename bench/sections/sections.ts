/** The sections of the bench, in the order in which they run. */
import type { Results } from "../results.ts";
import { KINDS, type Setting, type Store, type Subject } from "../subjects/subject.ts";
import { countCommands } from "./commands.ts";
import { casesOn, measureCosts, type Case, type Plan } from "./costs.ts";
import { measureGrowth } from "./growth.ts";
import { measureHttp, type HttpPlan } from "./http.ts";
import { measureMillion } from "./million.ts";
import { postgresPlace, redisPlace, sqlitePlace, type Place } from "./servers.ts";
import { measureBundles, measureWeight } from "./weight.ts";

/** The options of a run. */
export interface Request {
  /** Whether to measure everything, however long it takes. */
  readonly full: boolean;
  /** Parts of the names of the peers to measure. Undefined measures all. */
  readonly peers: readonly string[] | undefined;
}

type Section = (results: Results, request: Request) => Promise<void>;

const PLAN: Plan = { kinds: KINDS, lanes: [16], rounds: 7, batchMilliseconds: 6, warmMilliseconds: 120, byteRounds: 2 };
const FULL: Plan = { ...PLAN, rounds: 31, batchMilliseconds: 15, warmMilliseconds: 300, byteRounds: 5 };

/** The plan for stores on a network or in a file: one request alone, and many at once. */
const AFAR: Partial<Plan> = {
  kinds: ["idle", "read", "change", "login", "logout"],
  lanes: [1, 64],
  byteRounds: 0,
  warmMilliseconds: 80,
};

const HTTP: HttpPlan = {
  kinds: ["idle", "read"],
  rounds: 3,
  windowMilliseconds: 200,
  warmMilliseconds: 550,
  connections: 32,
};
const FULL_HTTP: HttpPlan = {
  ...HTTP,
  kinds: ["idle", "read", "change"],
  rounds: 11,
  windowMilliseconds: 600,
  warmMilliseconds: 1_000,
};

/** The frameworks of the cookie store, unless the run is full. Adapters add the same to it as to the memory store. */
const COOKIE_FRAMEWORKS = ["maps", "fastify", "fetch"];

export type SectionName =
  | "memory"
  | "cookie"
  | "redis"
  | "sqlite"
  | "postgres"
  | "http"
  | "million"
  | "weight"
  | "growth";

export const sections: Readonly<Record<SectionName, Section>> = {
  memory: (results, request) => costsOn({ store: "memory", padding: 0 }, results, request),
  cookie: (results, request) => costsOn({ store: "cookie", padding: 0 }, results, request),
  redis: (results, request) =>
    costsAfar("redis", redisPlace, AFAR, results, request, async (url) => {
      results.commands = await countCommands(wantedCases({ store: "redis", url, padding: 0 }, request), url);
    }),
  sqlite: (results, request) => costsAfar("sqlite", sqlitePlace, { ...AFAR, lanes: [1] }, results, request),
  postgres: (results, request) => costsAfar("postgres", postgresPlace, AFAR, results, request),
  http,
  async million(results) {
    results.million = await measureMillion(1_000_000);
  },
  async weight(results) {
    results.weight = await measureWeight();
    results.bundles = await measureBundles();
  },
  async growth(results, { full }) {
    const place = await redisPlace();
    const redis = "reason" in place ? undefined : place;
    results.growth = await measureGrowth(redis?.url, full);
    await redis?.end();
  },
};

async function costsOn(setting: Setting, results: Results, request: Request, more: Partial<Plan> = {}): Promise<void> {
  const plan = { ...(request.full ? FULL : PLAN), ...more };
  const { rows, missing } = await measureCosts(wantedCases(setting, request), plan);
  results.costs = { ...results.costs, [setting.store]: rows };
  results.missing.push(...missing);
}

async function costsAfar(
  store: Store,
  start: () => Promise<Place>,
  plan: Partial<Plan>,
  results: Results,
  request: Request,
  also?: (url: string) => Promise<void>,
): Promise<void> {
  const place = await start();
  if ("reason" in place) return void results.missing.push(`${store}: ${place.reason}`);
  await costsOn({ store, url: place.url, padding: 0 }, results, request, plan);
  await also?.(place.url);
  await place.end();
}

async function http(results: Results, request: Request): Promise<void> {
  const cases = (["memory", "cookie"] as const)
    .flatMap((store) => wantedCases({ store, padding: 0 }, request))
    .filter(({ subject, setting }) => isServed(subject, setting.store, request));
  const { rows, missing } = await measureHttp(cases, request.full ? FULL_HTTP : HTTP);
  results.http = rows;
  results.missing.push(...missing);
}

/**
 * Whether a case is measured over HTTP. One store for each subject is enough. h3's sessions take a hundredth of a
 * second, so only a full run has them.
 */
function isServed({ side, name, framework, stores }: Subject, store: Store, { full }: Request): boolean {
  if (side === "floor" || (name === "h3 useSession" && !full)) return false;
  if (full || store === "memory") return true;
  return side === "peer" ? !stores.includes("memory") : framework === "maps";
}

function wantedCases(setting: Setting, { full, peers }: Request): Case[] {
  return casesOn(setting, ({ side, name, framework }) => {
    if (side === "peer") return peers?.some((part) => name.includes(part)) ?? true;
    return full || setting.store !== "cookie" || COOKIE_FRAMEWORKS.includes(framework);
  });
}
