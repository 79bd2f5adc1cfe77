/** Everything that can be measured, in the order in which it is. */
import type { Results } from "../results.ts";
import { KINDS, type Store, type Subject } from "../subjects/subject.ts";
import { measureCosts, type Plan } from "./costs.ts";

/** What a run was asked for. */
export interface Request {
  /** Everything, however long it takes. */
  readonly full: boolean;
  /** Only these peers, by parts of their names; undefined: all. */
  readonly peers: readonly string[] | undefined;
}

type Section = (results: Results, request: Request) => Promise<void>;

const PLAN: Plan = { kinds: KINDS, lanes: [16], rounds: 7, batchMilliseconds: 4, warmMilliseconds: 25, byteRounds: 2 };
const FULL: Plan = { ...PLAN, rounds: 21, batchMilliseconds: 10, warmMilliseconds: 100, byteRounds: 5 };

/** Where the cookie store is measured unless everything is: adapters add to it what they add to the memory store. */
const COOKIE_FRAMEWORKS = ["maps", "node", "fastify", "fetch", "hono"];

export type SectionName = "memory" | "cookie";

export const sections: Readonly<Record<SectionName, Section>> = {
  memory: (results, request) => costsOn("memory", results, request),
  cookie: (results, request) => costsOn("cookie", results, request),
};

async function costsOn(store: Store, results: Results, request: Request): Promise<void> {
  const { rows, missing } = await measureCosts({ store, padding: 0 }, request.full ? FULL : PLAN, (subject) =>
    isWanted(subject, store, request),
  );
  results.costs = { ...results.costs, [store]: rows };
  results.missing.push(...missing);
}

function isWanted({ side, name, framework }: Subject, store: Store, { full, peers }: Request): boolean {
  if (side === "peer") return peers?.some((part) => name.includes(part)) ?? true;
  return full || store !== "cookie" || COOKIE_FRAMEWORKS.includes(framework);
}
