import { ednOf } from "../edn.ts";
import { type Difference, findsNothing, inScenarios, inSteps, refuse, type Rule } from "../expectations.ts";
import type { Observation } from "../observe.ts";
import type { Clojure, Step } from "../scenarios.ts";

/** Sessions in Ring's own cookies, with `ringCookieStore`. */
export const ringCookieDifferences: readonly Difference[] = [
  {
    what: "A sealed cookie of two dashes",
    ring: "`--` and `----` throw, in every version: a 500 for whoever sends one.",
    ours: "No session, like any other cookie that is not authentic and whole.",
    why: "What a client sends never throws.",
    decidedIn: "src/stores/ring-cookie/seal.ts",
    rules: [
      inSteps("cookie-store/only-dashes", {
        1: (step, asked) => ({ ...findsNothing(step, asked), calls: [{ op: "read", key: "--" }] }),
      }),
    ],
  },
  {
    what: "Data of Clojure's in a sealed cookie",
    ring: "Keywords, sets, instants and whatever else EDN has.",
    ours: "The same data, as objects with one property: `{ $set: [1, 2] }`.",
    why: "Plain data can be frozen, compared and merged, and go to any other store as they are.",
    decidedIn: "src/edn/data.ts",
    rules: [inScenarios(["cookie-store/data-kinds"], asEdn)],
  },
  {
    what: "What EDN has no text for",
    ring: "It throws when the cookie is written, now an `AssertionError` and now a `RuntimeException`.",
    ours: "A `SessionDataError`, which names its place in the session and the cure.",
    why: "The place is what one looks for.",
    decidedIn: "src/edn/printer.ts",
    rules: [inScenarios(["cookie-store/unreadable-duration"], refuse)],
  },
  {
    what: "A sealed session that is deleted",
    ring: "An empty map is sealed in its place: by a delete it is sent, by a recreate it is thrown away.",
    ours: "Nothing is sealed; a delete takes the cookie away.",
    why: "Who has logged out has no session, rather than an empty one with every request.",
    decidedIn: "src/stores/ring-cookie/ring-cookie.ts",
    rules: [inSteps("cookie-store/recreate", { 2: nothingSealed })],
  },
  {
    what: "The same session handed back, in a sealed cookie",
    ring: "It is sealed anew, and sent.",
    ours: "Nothing is sent.",
    why: "A response without a cookie can be cached, and two of them cannot overtake each other.",
    decidedIn: "src/session/session.ts",
    rules: [changedInstead("cookie-store/each-write-is-a-new-cookie")],
  },
];

function asEdn(step: Observation): Observation {
  const read = (data: unknown): unknown => (data === undefined ? undefined : ednOf(data as Clojure));
  return {
    ...step,
    ...(step.seen && { seen: { ...step.seen, session: read(step.seen.session) } }),
    calls: step.calls.map((call) => ({
      ...call,
      ...(call.data !== undefined && { data: read(call.data) }),
      ...(call.op === "read" && { result: read(call.result) }),
    })),
  };
}

/** Removes the key that Ring seals at a deletion, and numbers the later key accordingly. */
function nothingSealed(step: Observation): Observation {
  const calls = step.calls.map((call) => (call.op === "delete" ? { op: call.op, key: call.key } : call));
  return JSON.parse(JSON.stringify({ ...step, calls }).replaceAll("key:3", "key:2")) as Observation;
}

/** Changes the session in step 2, because this library writes no unchanged session, and the scenario needs a write. */
function changedInstead(scenario: string): Rule {
  const change = (step: Step): Step => ({ ...step, response: { "session-op": [["assoc", "n", 2]] } });
  const changed = (step: Observation): Observation => ({
    ...step,
    calls: step.calls.map((call) => (call.op === "write" ? { ...call, data: { n: 2 } } : call)),
  });
  const found = (step: Observation): Observation => ({
    ...step,
    seen: { ...step.seen, session: { n: 2 } },
    calls: step.calls.map((call) => ({ ...call, result: { n: 2 } })),
  });
  return {
    ...inSteps(scenario, { 2: changed, 3: found }),
    ask: (steps) => steps.map((step, index) => (index === 1 ? change(step) : step)),
  };
}
