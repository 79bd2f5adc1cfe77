import { type Observation, type Outcome, parseSetCookie, type SetCookie } from "./observe.ts";
import type { Scenario, Step } from "./scenarios.ts";
import type { StoreCall } from "./stores.ts";

/** A point where this library does on purpose what Ring does not. The words are a row of `docs/from-ring.md`. */
export interface Difference {
  readonly what: string;
  readonly ring: string;
  readonly ours: string;
  readonly why: string;
  /** The source file that decides it. */
  readonly decidedIn: string;
  readonly rules: readonly Rule[];
}

/** One way in which what is expected of us departs from what Ring did. */
export interface Rule {
  /** The scenarios it is about; without, it is about any. */
  readonly scenarios?: readonly string[];
  /** What is asked instead, where Ring's own question would lead nowhere. */
  readonly ask?: (steps: readonly Step[]) => readonly Step[];
  /** From what Ring did to what we do. What it does not touch has to agree. */
  readonly expect: (outcome: Outcome, asked: Scenario) => Outcome;
}

/** What becomes of one step. */
export type Change = (step: Observation, asked: Step, scenario: Scenario) => Observation;

/** Every step of every scenario. */
export function everywhere(change: Change): Rule {
  return {
    expect: (outcome, asked) => ({
      ...outcome,
      steps: outcome.steps.map((step, index) => change(step, asked.steps[index] ?? { request: {} }, asked)),
    }),
  };
}

/** Every step of these scenarios. */
export function inScenarios(scenarios: readonly string[], change: Change): Rule {
  return { ...everywhere(change), scenarios };
}

/** Single steps of one scenario, counted from 1. */
export function inSteps(scenario: string, changes: Readonly<Record<number, Change>>): Rule {
  return {
    scenarios: [scenario],
    expect: (outcome, asked) => ({
      ...outcome,
      steps: outcome.steps.map(
        (step, index) => changes[index + 1]?.(step, asked.steps[index] ?? { request: {} }, asked) ?? step,
      ),
    }),
  };
}

/** The first step is refused, and the later ones, which are about what came of it, are not asked. */
export function refusedAtOnce(scenarios: readonly string[]): Rule {
  return {
    scenarios,
    ask: (steps) => steps.slice(0, 1),
    expect: (outcome) => ({ steps: outcome.steps.slice(0, 1).map(refuse) }),
  };
}

/** The middleware cannot be built. */
export function refusedWhenBuilt(scenarios: readonly string[]): Rule {
  return { scenarios, expect: () => ({ built: "refused", steps: [] }) };
}

/** The handler sees these cookies, by scenario. */
export function seesCookies(table: Readonly<Record<string, Readonly<Record<string, string>>>>): Rule {
  return inScenarios(Object.keys(table), (step, _, { name }) => ({
    ...step,
    seen: { ...step.seen, cookies: table[name] ?? {} },
  }));
}

/** The response has these Set-Cookie fields, by scenario. */
export function setsCookies(table: Readonly<Record<string, readonly string[]>>): Rule {
  return inScenarios(Object.keys(table), ({ seen = null, calls }, _, { name }) => ({
    seen,
    status: 200,
    body: "ok",
    setCookie: (table[name] ?? []).map(parseSetCookie),
    calls,
  }));
}

/** A misuse, told before the store is touched. */
export function refuse({ seen = null, calls }: Observation): Observation {
  return { seen, thrown: "refused", calls: calls.filter(({ op }) => op === "read") };
}

/** The key that came leads to no session. */
export function findsNothing(_: Observation, { request }: Step): Observation {
  const key = (request.cookie ?? "").replace(/^ring-session=\{\{(key:\d)\}\}$/, "<$1>");
  return { seen: { session: {} }, status: 200, body: "ok", calls: [{ op: "read", key }] };
}

/** Steps that come with the second key instead of the first. */
export function withSecondKey<T>(data: T): T {
  return JSON.parse(JSON.stringify(data).replaceAll("key:1", "key:2")) as T;
}

/** The calls of a step without some. */
export function withoutCalls(step: Observation, unwanted: (call: StoreCall) => boolean): Observation {
  return { ...step, calls: step.calls.filter((call) => !unwanted(call)) };
}

/** A step whose cookies, or some of them, have further attributes. */
export function withAttributes(
  step: Observation,
  added: readonly string[],
  which: (cookie: SetCookie) => boolean = () => true,
): Observation {
  const add = (cookie: SetCookie): SetCookie => ({
    ...cookie,
    attributes: [...new Set([...cookie.attributes, ...added])].toSorted(),
  });
  return step.setCookie === undefined
    ? step
    : { ...step, setCookie: step.setCookie.map((cookie) => (which(cookie) ? add(cookie) : cookie)) };
}
