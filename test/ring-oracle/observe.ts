import { CookieError, SessionDataError } from "../../src/errors.ts";
import type { Clojure, ClojureMap, RingObservation, RingOutcome } from "./scenarios.ts";
import type { StoreCall } from "./stores.ts";
import { camelCase, lowerCaseKeys } from "./translate.ts";

/** The properties that a handler gets from its middleware, except those that are nil or undefined. */
export interface Seen {
  readonly session?: unknown;
  readonly sessionKey?: unknown;
  readonly flash?: unknown;
  /** Values by name. */
  readonly cookies?: Readonly<Record<string, unknown>>;
}

/** A Set-Cookie field in parts. The attributes are sorted, because their order means nothing. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: readonly string[];
}

/** The observable effects of one request. */
export interface Observation {
  /** Absent if the step has no handler, `null` if the handler was not called. */
  readonly seen?: Seen | null;
  readonly status?: number;
  readonly body?: unknown;
  readonly setCookie?: readonly SetCookie[];
  /** All other headers. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Properties for middleware that were still on the response. */
  readonly left?: Readonly<Record<string, unknown>>;
  /** Present if there was no response. */
  readonly response?: null;
  /** `"refused"` for a misuse, otherwise the message of the error. */
  readonly thrown?: string;
  readonly calls: readonly StoreCall[];
}

/** The observable effects of a scenario. */
export interface Outcome {
  /** Present if the middleware could not be built with these options. */
  readonly built?: "refused";
  readonly steps: readonly Observation[];
}

const middlewareKeys = ["session", "sessionKey", "sessionRecreate", "sessionCookieAttrs", "flash", "cookies"] as const;

/** Converts Ring's outcome of a scenario to the names of this library. */
export function outcomeOfRing({ "construction-thrown": refused, steps = [] }: RingOutcome): Outcome {
  return { ...(refused !== undefined && { built: "refused" }), steps: steps.map(observationOfRing) };
}

function observationOfRing(ring: RingObservation): Observation {
  const failure = ring.thrown ?? ring.raised;
  return tidy({
    ...("seen" in ring && { seen: ring.seen === null ? null : withoutNil(named(ring.seen)) }),
    ...("result" in ring ? ofRingResult(ring.result ?? null) : ofRingResponse(ring)),
    ...(failure !== undefined && { thrown: failure.class.endsWith("RuntimeException") ? failure.message : "refused" }),
    // An error of the store is in `thrown` already.
    calls: (ring["store-calls"] ?? [])
      .filter((call) => !("thrown" in call))
      .map(({ op, ...call }) => ({ op, ...withoutNil(call) })),
  });
}

function ofRingResponse(ring: RingObservation): Omit<Observation, "calls"> {
  return {
    ...("response" in ring && { response: null }),
    ...(ring.status !== undefined && { status: ring.status, body: ring.body }),
    ...(ring["set-cookie"] !== undefined && { setCookie: ring["set-cookie"].map(parseSetCookie) }),
    ...(ring.headers !== undefined && { headers: lowerCaseKeys(ring.headers) }),
    ...(ring["left-on-response"] !== undefined && { left: named(ring["left-on-response"]) }),
  };
}

/** Converts the result of a half, which is a whole response map. */
function ofRingResult(result: ClojureMap | null): Omit<Observation, "calls"> {
  return ofResponse(result === null ? null : { ...named(result), headers: headersOf(result["headers"]) });
}

function headersOf(headers: Clojure | undefined): ClojureMap {
  const pairs = (headers as { $map?: readonly (readonly [string, Clojure])[] }).$map;
  return lowerCaseKeys(pairs === undefined ? (headers as ClojureMap) : Object.fromEntries(pairs));
}

function named(map: ClojureMap = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [camelCase(key), value]));
}

/** Returns the middleware's properties of a request. */
export function seenOn(request: Readonly<Record<string, unknown>>): Seen {
  const cookies = request["cookies"] as Record<string, { value: unknown }> | undefined;
  return tidy({
    ...onlyMiddlewareKeys(request),
    ...(cookies !== undefined && { cookies: mapValues(cookies, ({ value }) => value) }),
  });
}

/** Returns the observable parts of a response. */
export function ofResponse(response: Readonly<Record<string, unknown>> | null | undefined): Omit<Observation, "calls"> {
  if (response === null || response === undefined) return { response: null };
  const { "set-cookie": setCookie, ...headers } = (response["headers"] ?? {}) as Record<
    string,
    string | readonly string[]
  >;
  const left = onlyMiddlewareKeys(response);
  return tidy({
    status: response["status"] as number,
    body: response["body"],
    ...(setCookie !== undefined && { setCookie: [setCookie].flat().map(parseSetCookie) }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(left).length > 0 && { left }),
  });
}

/** Returns `"refused"` for a misuse that this library reported, otherwise the message. */
export function ofError(error: unknown): string {
  return isRefusal(error) ? "refused" : String(error instanceof Error ? error.message : error);
}

/** Whether an error reports a misuse: of a cookie, of a session's data, or of an option. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof CookieError || error instanceof SessionDataError) return true;
  return (
    error instanceof TypeError && (error.message.startsWith("wrap") || error.message.startsWith("ringCookieStore"))
  );
}

/** Parses a Set-Cookie field: `a=b; Path=/; HttpOnly`. */
export function parseSetCookie(text: string): SetCookie {
  const [pair = "", ...attributes] = text.split("; ");
  const equals = pair.indexOf("=");
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes: attributes.toSorted() };
}

function onlyMiddlewareKeys(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(middlewareKeys.filter((key) => map[key] !== undefined).map((key) => [key, map[key]]));
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function withoutNil(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}

/** Makes plain data: no prototypes, no undefined, nothing shared. */
export function tidy<T>(data: T): T {
  return JSON.parse(JSON.stringify(data)) as T;
}
