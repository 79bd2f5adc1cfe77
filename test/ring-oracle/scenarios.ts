import { readFileSync } from "node:fs";

/** Clojure's data as JSON: `data/README.md` says how. */
export type Clojure = null | boolean | number | string | readonly Clojure[] | ClojureMap;
export type ClojureMap = { readonly [key: string]: Clojure };

/** Some middleware, a handler and the requests that they get. */
export interface Scenario {
  readonly name: string;
  /** Outermost first. */
  readonly stack: readonly string[];
  /** 3: Ring's asynchronous form. */
  readonly arity?: number;
  readonly session?: ClojureMap;
  readonly cookies?: ClojureMap;
  readonly "anti-forgery"?: ClojureMap;
  readonly defaults?: ClojureMap;
  /** Instead of what the steps say: the routes of the Luminus page. */
  readonly handler?: "luminus";
  readonly "idle-timeout"?: { readonly timeout: number };
  readonly "absolute-timeout"?: { readonly timeout: number };
  readonly steps: readonly Step[];
}

/** A request, and what the handler answers to it; or one half, called by itself. */
export interface Step {
  readonly request: ClojureMap & { readonly cookie?: string };
  readonly response?: ClojureMap | null;
  readonly call?: string;
  readonly options?: ClojureMap;
  /** Seconds. */
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

/** What Ring did in one scenario. */
export interface RingOutcome {
  readonly name: string;
  /** The middleware could not be built. */
  readonly "construction-thrown"?: ClojureMap;
  readonly steps?: readonly RingObservation[];
}

/** The scenarios of some groups (`session` is the group of `session/recreate`), with what Ring did in each. */
export function readScenarios(groups: readonly string[]): readonly (readonly [Scenario, RingOutcome])[] {
  const scenarios = readData("scenarios.json") as readonly Scenario[];
  const outcomes = new Map((readData("expected.json") as readonly RingOutcome[]).map((one) => [one.name, one]));
  const wanted = scenarios.filter(({ name }) => groups.some((group) => name.startsWith(`${group}/`)));
  return wanted.map((scenario) => [scenario, found(outcomes, scenario.name)]);
}

function readData(file: string): unknown {
  // From the root of the repository: the data are not copied to where the compiled tests are.
  return JSON.parse(readFileSync(`test/ring-oracle/data/${file}`, "utf8"));
}

function found(outcomes: ReadonlyMap<string, RingOutcome>, name: string): RingOutcome {
  const outcome = outcomes.get(name);
  if (outcome === undefined) throw new Error(`expected.json has nothing on ${name}`);
  return outcome;
}
