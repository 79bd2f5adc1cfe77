import { SECRET } from "../../../src/data/reserved.ts";
import { type Difference, inScenarios, inSteps } from "../expectations.ts";
import type { Observation } from "../observe.ts";
import type { StoreCall } from "../stores.ts";

const formScenarios = [
  "anti-forgery/async",
  "anti-forgery/recreate-keeps-token",
  "defaults/site-post-token-field",
  "defaults/site-post-token-headers",
  "defaults/site-session-clobbers-token",
];

/** Anti-forgery tokens. */
export const antiForgeryDifferences: readonly Difference[] = [
  {
    what: "When a token is made",
    ring: "On the first request, whether anybody uses it or not: every visitor gets a session.",
    ours: "When the handler reads `antiForgeryToken`. A page without a form makes no session.",
    why: "Most pages show no form, and what needs no session can be cached.",
    decidedIn: "src/anti-forgery/anti-forgery.ts",
    rules: [
      {
        scenarios: ["anti-forgery/token-made-once", "defaults/site-get", "defaults/secure-site-https"],
        // The later steps need the session that is not made here.
        ask: (steps) => steps.slice(0, 1),
        expect: ({ steps: [first] }) => ({
          steps: [withoutSession(first)],
        }),
      },
      inScenarios(["defaults/site-post-safe-header", "defaults/site-methods"], withoutSession),
      inSteps("defaults/site-without-session-anti-forgery-on", { 1: withoutSession }),
    ],
  },
  {
    what: "The token in the session",
    ring: "Handlers see it, as `:ring.middleware.anti-forgery/anti-forgery-token`, and lose it with a fresh session map.",
    ours: "It is kept under `ringlet/anti-forgery-token`, whatever the handler answers; handlers do not see it.",
    why: "A form on the visitor's screen must not fail because a handler did not know of it.",
    decidedIn: "src/anti-forgery/session-strategy.ts",
    rules: [
      inScenarios(formScenarios, (step) => ({
        ...step,
        ...(step.seen && { seen: { ...step.seen, session: renamed(step.seen.session, undefined) } }),
        calls: step.calls.map(({ data, result, ...call }): StoreCall => ({
          ...call,
          ...(data !== undefined && { data: renamed(data, SECRET) }),
          ...(result !== undefined && { result: renamed(result, SECRET) }),
        })),
      })),
      inSteps("defaults/site-session-clobbers-token", {
        2: (step) => ({
          ...step,
          calls: step.calls.map((call) =>
            call.op === "write" ? { ...call, data: { n: 1, [SECRET]: "<token:1>" } } : call,
          ),
        }),
        3: (step) => ({
          ...step,
          calls: [{ op: "read", key: "<key:1>", result: { n: 1, [SECRET]: "<token:1>" } }],
        }),
      }),
    ],
  },
  {
    what: "The token after `:recreate`",
    ring: "It stays the same.",
    ours: "It is another one.",
    why: "Who planted a session before the log-in must not know the token after it.",
    decidedIn: "src/anti-forgery/session-strategy.ts",
    rules: [
      inSteps("anti-forgery/recreate-keeps-token", {
        2: (step) => ({
          ...step,
          calls: step.calls.map((call) => (call.op === "write" ? withSecondToken(call) : call)),
        }),
        3: (step) => ({ ...step, calls: step.calls.map(withSecondToken) }),
      }),
    ],
  },
];

const RINGS = "ring.middleware.anti-forgery/anti-forgery-token";

/** Returns data with Ring's token under another name, or without it. */
function renamed(data: unknown, name: string | undefined): unknown {
  if (typeof data !== "object" || data === null || !(RINGS in data)) return data;
  const { [RINGS]: token, ...rest } = data;
  return name === undefined ? rest : { ...rest, [name]: token };
}

function withSecondToken<T>(data: T): T {
  return JSON.parse(JSON.stringify(data).replaceAll("<token:1>", "<token:2>")) as T;
}

function withoutSession(step: Observation = { calls: [] }): Observation {
  const { setCookie: _, left: __, ...rest } = step;
  return { ...rest, calls: step.calls.filter(({ op }) => op !== "write") };
}
