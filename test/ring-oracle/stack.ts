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

/** A handler with loose types, because scenarios use values that the real types forbid. */
export type App = (request: Map) => Awaitable<Map | null | undefined>;

/** The parts from which the elements of a stack are built. */
export interface Parts {
  readonly scenario: Scenario;
  readonly store: SessionStore;
  readonly innerStore: SessionStore;
  /** Returns the time in milliseconds. */
  readonly now: () => number;
}

type Wrap = (handler: never, parts: Parts) => unknown;

/** The middleware that scenarios name. Ring's timeouts are middleware; here they are an option of `wrapSession`. */
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
    // Ring's requests have these from their server.
    return (request: Map) => app({ scheme: "http", serverName: "localhost", ...request } as never);
  },
  "idle-timeout": (handler) => handler,
  "absolute-timeout": (handler) => handler,
};

/** Wraps a handler in the stack of a scenario, with its options. */
export function buildStack(handler: App, parts: Parts): App {
  return parts.scenario.stack.reduceRight((inner, name) => elementNamed(name)(inner as never, parts) as App, handler);
}

/** Returns the options for a call of one half, or undefined if the step gives none. */
export function callOptions(options: ClojureMap | undefined, store: SessionStore): Record<string, unknown> | undefined {
  return options === undefined ? undefined : { ...translateOptions(options), store };
}

/** Makes the handler read the token if the scenario posts one later, or is about keeping one. */
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
  // Ring's sealed cookies have no time limit.
  const limited = idle !== undefined || absolute !== undefined || isSealed(kind);
  const timeout = { idle: idle ?? false, absolute: absolute ?? false };
  return { ...translateOptions(given), store, now, ...(limited && { timeout }) };
}

/** Whether sessions are in Ring's cookies, as EDN. */
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
