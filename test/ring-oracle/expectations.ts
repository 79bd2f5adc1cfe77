import { type Observation, type Outcome, parseSetCookie, type SetCookie } from "./observe.ts";
import type { Scenario, Step } from "./scenarios.ts";
import type { StoreCall } from "./stores.ts";

/** An intended difference from Ring. Its texts are a row of `docs/from-ring.md`. */
export interface Difference {
  readonly what: string;
  readonly ring: string;
  readonly ours: string;
  readonly why: string;
  /** The source file that makes the difference. */
  readonly decidedIn: string;
  readonly rules: readonly Rule[];
}

/** A rule that changes Ring's outcome to the one that is expected here. */
export interface Rule {
  /** The scenarios to which the rule applies. Default: all. */
  readonly scenarios?: readonly string[];
  /** Replaces steps that would lead nowhere here. */
  readonly ask?: (steps: readonly Step[]) => readonly Step[];
  /** Returns the expected outcome for Ring's. Parts that no rule changes must be the same. */
  readonly expect: (outcome: Outcome, asked: Scenario) => Outcome;
}

/** Changes one step. */
export type Change = (step: Observation, asked: Step, scenario: Scenario) => Observation;

/** Makes a rule for every step of every scenario. */
export function everywhere(change: Change): Rule {
  return {
    expect: (outcome, asked) => ({
      ...outcome,
      steps: outcome.steps.map((step, index) => change(step, asked.steps[index] ?? { request: {} }, asked)),
    }),
  };
}

/** Makes a rule for every step of some scenarios. */
export function inScenarios(scenarios: readonly string[], change: Change): Rule {
  return { ...everywhere(change), scenarios };
}

/** Makes a rule for single steps of one scenario, counted from 1. */
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

/** Makes a rule by which the first step is refused, and later steps, which depend on it, are left out. */
export function refusedAtOnce(scenarios: readonly string[]): Rule {
  return {
    scenarios,
    ask: (steps) => steps.slice(0, 1),
    expect: (outcome) => ({ steps: outcome.steps.slice(0, 1).map(refuse) }),
  };
}

/** Makes a rule by which the middleware cannot be built. */
export function refusedWhenBuilt(scenarios: readonly string[]): Rule {
  return { scenarios, expect: () => ({ built: "refused", steps: [] }) };
}

/** Makes a rule by which the handler sees these cookies, by scenario. */
export function seesCookies(table: Readonly<Record<string, Readonly<Record<string, string>>>>): Rule {
  return inScenarios(Object.keys(table), (step, _, { name }) => ({
    ...step,
    seen: { ...step.seen, cookies: table[name] ?? {} },
  }));
}

/** Makes a rule by which the response has these Set-Cookie fields, by scenario. */
export function setsCookies(table: Readonly<Record<string, readonly string[]>>): Rule {
  return inScenarios(Object.keys(table), ({ seen = null, calls }, _, { name }) => ({
    seen,
    status: 200,
    body: "ok",
    setCookie: (table[name] ?? []).map(parseSetCookie),
    calls,
  }));
}

/** Changes a step to a refusal before the store is changed. */
export function refuse({ seen = null, calls }: Observation): Observation {
  return { seen, thrown: "refused", calls: calls.filter(({ op }) => op === "read") };
}

/** Changes a step so that the key of the request leads to no session. */
export function findsNothing(_: Observation, { request }: Step): Observation {
  const key = (request.cookie ?? "").replace(/^ring-session=\{\{(key:\d)\}\}$/, "<$1>");
  return { seen: { session: {} }, status: 200, body: "ok", calls: [{ op: "read", key }] };
}

/** Replaces the first key in data by the second one. */
export function withSecondKey<T>(data: T): T {
  return JSON.parse(JSON.stringify(data).replaceAll("key:1", "key:2")) as T;
}

/** Returns a step without some of its calls. */
export function withoutCalls(step: Observation, unwanted: (call: StoreCall) => boolean): Observation {
  return { ...step, calls: step.calls.filter((call) => !unwanted(call)) };
}

/** Returns a step whose cookies, or some of them, have further attributes. */
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
