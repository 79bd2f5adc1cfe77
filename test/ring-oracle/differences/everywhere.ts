import { isDeepStrictEqual } from "node:util";

import { type Difference, everywhere, withAttributes, withoutCalls } from "../expectations.ts";
import { type Observation, parseSetCookie, type SetCookie } from "../observe.ts";
import type { Scenario, Step } from "../scenarios.ts";
import type { StoreCall } from "../stores.ts";

/** Differences in very many scenarios, each written once as a change of Ring's outcome. */
export const differencesEverywhere: readonly Difference[] = [
  {
    what: "Requests without a cookie",
    ring: "The store is read, and with `:recreate` deleted from, with a nil key.",
    ours: "The store is not called.",
    why: "There is nothing to find, and most anonymous traffic then costs nothing.",
    decidedIn: "src/session/read.ts",
    rules: [everywhere((step) => withoutCalls(step, ({ op, key }) => key === undefined && !op.endsWith("write")))],
  },
  {
    what: "`:cookies` under `wrap-session` alone",
    ring: "All cookies are parsed and put on the request.",
    ours: "`wrapSession` looks for its own cookie; `cookies` are there under `wrapCookies`.",
    why: "One cookie is wanted, so one is looked for.",
    decidedIn: "src/session/read.ts",
    rules: [
      everywhere((step, { request }, { stack }) =>
        stack.includes("cookies") || stack.includes("defaults") || request["cookies"] ? step : withoutCookies(step),
      ),
    ],
  },
  {
    what: "What stays on the response",
    ring: "`:flash` is still there when the response reaches the adapter.",
    ours: "Whatever a middleware has acted on is taken off.",
    why: "It was meant for the middleware alone.",
    decidedIn: "src/flash.ts",
    rules: [everywhere((step, _, { defaults }) => (defaults?.["dissoc"] === undefined ? withoutFlash(step) : step))],
  },
  {
    what: "The same session handed back",
    ring: "It is written again.",
    ours: "It is not.",
    why: "It costs a round trip, and undoes what another request has written meanwhile.",
    decidedIn: "src/session/session.ts",
    rules: [everywhere((step) => withoutCalls(step, (call) => writesWhatWasRead(call, step.calls)))],
  },
  {
    what: "The order of a recreate",
    ring: "The old session is deleted, then the new one is written.",
    ours: "The new one is written, then the old one is deleted.",
    why: "A fault between the two leaves a session too many, not a visitor logged out.",
    decidedIn: "src/session/session.ts",
    rules: [
      everywhere((step) => ({
        ...step,
        calls: step.calls.toSorted((a, b) => Number(a.op === "delete") - Number(b.op === "delete")),
      })),
    ],
  },
  {
    what: "`:session nil`",
    ring: "The session is deleted; the browser keeps the cookie.",
    ours: "The cookie is expired too, also one that the store does not know.",
    why: "A dead key is not sent again with every request.",
    decidedIn: "src/session/session.ts",
    rules: [
      everywhere((step, asked) =>
        takesCookieAway(step, asked) ? { ...step, setCookie: [parseSetCookie(expiredCookie)] } : step,
      ),
    ],
  },
  {
    what: "`SameSite` of the session's cookie",
    ring: "None, unless asked for.",
    ours: "`SameSite=Lax`, unless asked for otherwise.",
    why: "Other sites cannot post with the visitor's session.",
    decidedIn: "src/session/options/cookie.ts",
    rules: [
      everywhere((step, _, scenario) =>
        withAttributes(step, ["SameSite=Lax"], (cookie) => isSessions(cookie, scenario)),
      ),
    ],
  },
  {
    what: "Caching of a response that sets the session's cookie",
    ring: "Nothing is said.",
    ours: "`Cache-Control: no-store`, unless the response has its own, and `Vary: Cookie`.",
    why: "A shared cache must not hand one visitor's session to another (RFC 9111, section 7.3).",
    decidedIn: "src/http/headers.ts",
    rules: [
      everywhere((step, _, scenario) =>
        step.setCookie?.some((cookie) => isSessions(cookie, scenario)) ? uncached(step) : step,
      ),
    ],
  },
];

const expiredCookie = "ring-session=; Path=/; HttpOnly; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

/** Whether a cookie is the session's: only that one is HttpOnly under its name in all scenarios. */
function isSessions({ name, attributes }: SetCookie, { session = {} }: Scenario): boolean {
  return name === (session["cookie-name"] ?? "ring-session") && attributes.includes("HttpOnly");
}

function uncached(step: Observation): Observation {
  return { ...step, headers: { ...step.headers, "cache-control": "no-store", vary: "Cookie" } };
}

function withoutCookies(step: Observation): Observation {
  if (!step.seen) return step;
  const { cookies: _, ...seen } = step.seen;
  return { ...step, seen };
}

function withoutFlash({ left = {}, ...step }: Observation): Observation {
  const { flash: _, ...others } = left;
  return Object.keys(others).length === 0 ? step : { ...step, left: others };
}

function writesWhatWasRead({ op, key, data }: StoreCall, calls: readonly StoreCall[]): boolean {
  return (
    op === "write" &&
    calls.some((call) => call.op === "read" && call.key === key && isDeepStrictEqual(call.result, data))
  );
}

/** Whether the cookie is expired: the handler deletes the session, a cookie was sent, and the store made no new key. */
function takesCookieAway({ calls }: Observation, { request, response }: Step): boolean {
  if (response?.["session"] !== null || request.cookie === undefined) return false;
  return !calls.some(({ op, result }) => op === "write" || (op === "delete" && result !== undefined));
}
