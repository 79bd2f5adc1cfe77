import {
  type Difference,
  findsNothing,
  inScenarios,
  inSteps,
  refuse,
  refusedAtOnce,
  refusedWhenBuilt,
  withAttributes,
  withSecondKey,
} from "../expectations.ts";
import { type Observation, parseSetCookie } from "../observe.ts";
import type { Step } from "../scenarios.ts";

/** Differences in sessions and flashes, in single scenarios. */
export const sessionDifferences: readonly Difference[] = [
  {
    what: "Halves without options",
    ring: "`session-request` and `session-response` know no defaults: no store, so they throw; no `Path`, no `HttpOnly`.",
    ours: "They have the defaults of `wrapSession`; the store is the one that the process shares.",
    why: "A half does alone what it does in the whole.",
    decidedIn: "src/session/session.ts",
    rules: [
      inSteps("call/session-request-no-options", {
        1: () => ({ headers: { cookie: "ring-session=seeded" }, left: { session: {} }, calls: [] }),
      }),
      inSteps("call/session-response-no-options", { 2: () => ({ status: 200, body: "ok", calls: [] }) }),
      inScenarios(["call/session-response"], (step) => withAttributes(step, ["HttpOnly", "Path=/"])),
    ],
  },
  {
    what: "Idle and absolute limits",
    ring: "ring-session-timeout stamps the session, stores it with every response, and answers a page of its own when it is over.",
    ours: "`timeout` of `wrapSession`. Past a limit there is no session: the handler is called, with an empty one.",
    why: "No write per request, no session for every visitor, and the handler decides what to answer.",
    decidedIn: "src/session/read.ts",
    rules: [
      // Ring's idle limit makes a session for every visitor. Here the handler must make it.
      { ...inScenarios(["timeout/idle-on-the-second"], unstamped), ask: firstAnswersSession },
      inScenarios(["timeout/idle-nil-session", "timeout/absolute", "timeout/idle-and-absolute"], unstamped),
      inSteps("timeout/idle-on-the-second", { 3: findsNothing }),
      inSteps("timeout/idle-nil-session", { 3: findsNothing }),
      inSteps("timeout/idle-and-absolute", {
        4: ({ calls }) => ({ seen: { session: {} }, status: 200, body: "ok", calls }),
      }),
    ],
  },
  {
    what: "An absolute limit and a fresh session map",
    ring: "A handler that answers a fresh map drops the stamp, and the limit starts anew.",
    ours: "It stands from the beginning of the session, or its last recreate.",
    why: "A limit that any handler moves by accident is none.",
    decidedIn: "src/session/next.ts",
    rules: [inSteps("timeout/absolute", { 4: findsNothing, 5: findsNothing })],
  },
  {
    what: "A flash on a log-out",
    ring: "`{:session nil :flash x}` keeps the session's key alive, with the flash in it.",
    ours: "The session is deleted; the flash goes to a fresh one under a new key.",
    why: "What is logged out must not live on under a key that others may hold.",
    decidedIn: "src/flash.ts",
    rules: [
      {
        scenarios: ["flash/beats-nil-session", "flash/recreate-lost-with-nil-session"],
        ask: (steps) => steps.map((step, index) => (index < 2 ? step : withSecondKey(step))),
        expect: ({ steps }) => ({
          steps: steps.map((step, index) => (index === 0 ? step : index === 1 ? moved(step) : withSecondKey(step))),
        }),
      },
      inSteps("call/flash-response", { 4: (step) => ({ ...step, left: { ...step.left, sessionRecreate: true } }) }),
    ],
  },
  {
    what: "`false` as a flash",
    ring: "It is none, like nil.",
    ours: "It is a flash: only `undefined` and `null` are none.",
    why: "What was set is shown, whatever it is.",
    decidedIn: "src/flash.ts",
    rules: [inSteps("flash/false-is-not-set", { 1: (step) => created(step, { _flash: false }) })],
  },
  {
    what: "`_flash` set by a handler",
    ring: "It is a flash.",
    ours: "It is refused: `_flash` is reserved under `wrapFlash`.",
    why: "Two ways to say one thing hide mistakes.",
    decidedIn: "src/flash.ts",
    rules: [refusedAtOnce(["flash/handler-sets-_flash-itself"])],
  },
  {
    what: "What a session may be",
    ring: "Anything that the store takes; `false` deletes, like nil.",
    ours: "A plain object of JSON data, or of what the store's `codec` carries. Anything else is refused by name, `false` too. `null` deletes.",
    why: "Every store gives back what it was given, and a slip such as `user && { … }` logs nobody out.",
    decidedIn: "src/data/reserved.ts",
    rules: [refusedAtOnce(["session/data-kinds"]), inSteps("session/false-is-nil", { 2: refuse, 3: stillThere })],
  },
  {
    what: "When attributes are checked",
    ring: "When a cookie is written: options at the first log-in, `:session-cookie-attrs` when the session is in the store already.",
    ours: "Options when `wrapSession` is called; `sessionCookieAttrs` before the store is touched, even if no cookie is sent.",
    why: "A mistake shows at once, and leaves no orphan in the store.",
    decidedIn: "src/session/session.ts",
    rules: [
      refusedWhenBuilt(["session/option-cookie-attrs-invalid"]),
      inSteps("session/cookie-attrs-on-response-invalid", { 1: refuse }),
      inSteps("session/cookie-attrs-on-response-invalid-anonymous", { 1: refuse }),
    ],
  },
  {
    what: "`:set-cookies?`",
    ring: "`false` leaves the cookie in `:cookies` of the response, for an outer `wrap-cookies`.",
    ours: "There is no such option; like any unknown name it is refused.",
    why: "`wrapSession` writes its own cookie, whatever the encoder of other cookies is.",
    decidedIn: "src/session/options/config.ts",
    rules: [refusedWhenBuilt(["session/set-cookies-false"])],
  },
];

const idleStamp = "ring.middleware.session-timeout/idle-timeout";
const absoluteStamp = "ring.middleware.session-timeout/absolute-timeout";

/** Removes Ring's stamps. For an absolute limit the store has the session's beginning, 1000 s in all scenarios. */
function unstamped({ seen, calls, ...step }: Observation): Observation {
  return {
    ...step,
    ...(seen && { seen: { ...seen, session: withoutStamps(seen.session, {}) } }),
    calls: calls.map(({ data, result, ...call }) => ({
      ...call,
      data: withoutStamps(data, { _created: 1_000_000 }),
      result: withoutStamps(result, { _created: 1_000_000 }),
    })),
  };
}

function withoutStamps(session: unknown, limited: object): unknown {
  if (typeof session !== "object" || session === null) return session;
  const { [idleStamp]: _, [absoluteStamp]: absolute, ...own } = session as Record<string, unknown>;
  return { ...own, ...(absolute !== undefined && limited) };
}

function firstAnswersSession([first, ...rest]: readonly Step[]): readonly Step[] {
  return first === undefined ? [] : [{ ...first, response: { session: {} } }, ...rest];
}

/** Moves a write to a new key, and deletes the old one. */
function moved(step: Observation): Observation {
  const writes = step.calls.filter(({ op }) => op === "write");
  return {
    ...step,
    setCookie: [parseSetCookie("ring-session=<key:2>; Path=/; HttpOnly")],
    calls: [
      ...step.calls.filter(({ op }) => op === "read"),
      ...writes.map(({ op, data }) => ({ op, data, result: "<key:2>" })),
      { op: "delete", key: "<key:1>" },
    ],
  };
}

function created(step: Observation, data: unknown): Observation {
  return {
    ...step,
    setCookie: [parseSetCookie("ring-session=<key:1>; Path=/; HttpOnly")],
    calls: [...step.calls, { op: "write", data, result: "<key:1>" }],
  };
}

function stillThere(step: Observation): Observation {
  const session = { n: 1 };
  return {
    ...step,
    seen: { session, sessionKey: "<key:1>" },
    calls: [{ op: "read", key: "<key:1>", result: session }],
  };
}
