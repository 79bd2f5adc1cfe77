import { readFileSync } from "node:fs";

/** Clojure's data as JSON. `data/README.md` describes the form. */
export type Clojure = null | boolean | number | string | readonly Clojure[] | ClojureMap;
export type ClojureMap = { readonly [key: string]: Clojure };

/** Some middleware, a handler and the requests that they get. */
export interface Scenario {
  readonly name: string;
  /** Names of middleware, the outermost first. */
  readonly stack: readonly string[];
  /** The arity of the handler. 3 is Ring's asynchronous form. */
  readonly arity?: number;
  readonly session?: ClojureMap;
  readonly cookies?: ClojureMap;
  readonly "anti-forgery"?: ClojureMap;
  readonly defaults?: ClojureMap;
  /** The routes of the Luminus page, instead of the steps' responses. */
  readonly handler?: "luminus";
  readonly "idle-timeout"?: { readonly timeout: number };
  readonly "absolute-timeout"?: { readonly timeout: number };
  readonly steps: readonly Step[];
}

/** A request and the handler's response, or a call of one half. */
export interface Step {
  readonly request: ClojureMap & { readonly cookie?: string };
  readonly response?: ClojureMap | null;
  readonly call?: string;
  readonly options?: ClojureMap;
  /** The time, in seconds. */
  readonly now?: number;
}

/** One step of `expected.json`. */
export interface RingObservation {
  readonly seen?: ClojureMap | null;
  readonly status?: number;
  readonly body?: string;
  readonly "set-cookie"?: readonly string[];
  readonly headers?: ClojureMap;
  readonly "left-on-response"?: ClojureMap;
  readonly response?: null;
  readonly thrown?: { readonly class: string; readonly message: string };
  readonly raised?: { readonly class: string; readonly message: string };
  readonly result?: ClojureMap | null;
  readonly "store-calls"?: readonly (ClojureMap & { readonly op: string })[];
}

/** Ring's outcome of one scenario. */
export interface RingOutcome {
  readonly name: string;
  /** Present if the middleware could not be built. */
  readonly "construction-thrown"?: ClojureMap;
  readonly steps?: readonly RingObservation[];
}

/** Reads the scenarios of some groups, each with Ring's outcome. `session/recreate` is in the group `session`. */
export function readScenarios(groups: readonly string[]): readonly (readonly [Scenario, RingOutcome])[] {
  const scenarios = readData("scenarios.json") as readonly Scenario[];
  const outcomes = new Map((readData("expected.json") as readonly RingOutcome[]).map((one) => [one.name, one]));
  const wanted = scenarios.filter(({ name }) => groups.some((group) => name.startsWith(`${group}/`)));
  return wanted.map((scenario) => [scenario, found(outcomes, scenario.name)]);
}

function readData(file: string): unknown {
  // The path is from the repository's root, because the data are not copied to the compiled tests.
  return JSON.parse(readFileSync(`test/ring-oracle/data/${file}`, "utf8"));
}

function found(outcomes: ReadonlyMap<string, RingOutcome>, name: string): RingOutcome {
  const outcome = outcomes.get(name);
  if (outcome === undefined) throw new Error(`expected.json has nothing on ${name}`);
  return outcome;
}
