import { wrapAntiForgery } from "../../src/anti-forgery/anti-forgery.ts";
import { wrapDefaults } from "../../src/defaults/defaults.ts";
import { wrapCookies } from "../../src/cookies/cookies.ts";
import { wrapFlash } from "../../src/flash.ts";
import { wrapSession } from "../../src/session/session.ts";
import type { Awaitable, SessionStore } from "../../src/types.ts";
import { defaultsOf } from "./defaults.ts";
import type { Clojure, ClojureMap, Scenario } from "./scenarios.ts";
import { translateOptions } from "./translate.ts";

type Map = Readonly<Record<string, unknown>>;

/** A handler of whatever shape: scenarios hand out what the types forbid. */
export type App = (request: Map) => Awaitable<Map | null | undefined>;

/** What the elements of a stack are built from. */
export interface Parts {
  readonly scenario: Scenario;
  readonly store: SessionStore;
  readonly innerStore: SessionStore;
  /** Milliseconds. */
  readonly now: () => number;
}

type Wrap = (handler: never, parts: Parts) => unknown;

/** One line for each middleware that a scenario may name. Ring's timeouts are middleware, ours an option of `wrapSession`. */
const elements: Readonly<Record<string, Wrap>> = {
  session: (handler, parts) => wrapSession(handler, sessionOptions(parts, parts.store)),
  "session-inner": (handler, parts) => wrapSession(handler, sessionOptions(parts, parts.innerStore)),
  flash: (handler) => wrapFlash(handler),
  cookies: (handler, { scenario }) => wrapCookies(handler, cookiesOptions(scenario)),
  "anti-forgery": (handler, { scenario }) =>
    wrapAntiForgery(withForms(handler, scenario) as never, translateOptions(scenario["anti-forgery"] ?? {})),
  defaults: (handler, parts) => {
    const { store, now } = parts;
    const app = wrapDefaults(withForms(handler, parts.scenario) as never, defaultsOf(parts.scenario, { store, now }));
    // What Ring's requests have from their server.
    return (request: Map) => app({ scheme: "http", serverName: "localhost", ...request } as never);
  },
  "idle-timeout": (handler) => handler,
  "absolute-timeout": (handler) => handler,
};

/** Wraps a handler in the stack of a scenario, as its options say. */
export function buildStack(handler: App, parts: Parts): App {
  return parts.scenario.stack.reduceRight((inner, name) => elementNamed(name)(inner as never, parts) as App, handler);
}

/** The options of a half that is called by itself; none given stays none. */
export function callOptions(options: ClojureMap | undefined, store: SessionStore): Record<string, unknown> | undefined {
  return options === undefined ? undefined : { ...translateOptions(options), store };
}

/** Where a scenario posts a token later, or is about keeping one, its pages show one; nobody reads it from the others. */
function withForms(handler: App, scenario: Scenario): App {
  const showsForms = scenario.name.endsWith("-token") || JSON.stringify(scenario.steps).includes("{{token:");
  if (!showsForms) return handler;
  return (request) => {
    if (typeof request["antiForgeryToken"] !== "string") throw new Error("no token");
    return handler(request);
  };
}

function elementNamed(name: string): Wrap {
  const element = elements[name];
  if (element === undefined) throw new Error(`unknown stack element ${name}`);
  return element;
}

function sessionOptions({ scenario, now }: Parts, store: SessionStore): Record<string, unknown> {
  const { store: kind, ...given } = scenario.session ?? {};
  const idle = scenario["idle-timeout"]?.timeout;
  const absolute = scenario["absolute-timeout"]?.timeout;
  // Ring's sealed cookies know no time.
  const limited = idle !== undefined || absolute !== undefined || isSealed(kind);
  const timeout = { idle: idle ?? false, absolute: absolute ?? false };
  return { ...translateOptions(given), store, now, ...(limited && { timeout }) };
}

/** Whether sessions are in cookies of Ring's, as EDN. */
export function isSealed(store: Clojure | undefined): boolean {
  return typeof store === "object" && store !== null && "kind" in store && store.kind === "cookie";
}

function cookiesOptions(scenario: Scenario): Record<string, unknown> {
  const { encoder, decoder } = scenario.cookies ?? {};
  return {
    ...(encoder === "raw" && { encoder: rawEncoder }),
    ...(decoder === "identity" && { decoder: (text: string) => text }),
  };
}

function rawEncoder(cookie: Readonly<Record<string, string>>): string {
  return Object.entries(cookie)
    .map(([name, value]) => `${name}=${value}`)
    .join("");
}
