import type { Clojure, ClojureMap } from "./scenarios.ts";

/** Makes a handler's response from the session of the request. */
export type Answer = (session: object) => Record<string, unknown> | null;

/** Converts a name of Ring: `:same-site` becomes `sameSite`. A question mark is dropped. */
export function camelCase(name: string): string {
  return name.replace("?", "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Converts Clojure's data to JavaScript: a keyword to text, a vector or list to an array, an instant to a Date, a
 * duration to seconds, a number beyond 2^53 to the nearest one. A map with keys that are not text becomes a Map.
 */
export function translate(value: Clojure): unknown {
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(translate);
  const [tag, content] = Object.entries(value)[0] ?? [];
  const read = tag === undefined ? undefined : tags[tag];
  if (read !== undefined && content !== undefined) return read(content);
  if (tag?.startsWith("$") === true) throw new Error(`unknown tag ${tag}`);
  return mapValues(value, translate);
}

const tags: Readonly<Record<string, (content: Clojure) => unknown>> = {
  $kw: text,
  $bigint: Number,
  $inst: (instant) => new Date(text(instant).replace("-00:00", "Z")),
  $zdt: (time) => new Date(text(time)),
  $duration: secondsOf,
  $list: (items) => list(items).map(translate),
  $set: (items) => new Set(list(items).map(translate)),
  $fn: () => () => ({ status: 200, headers: {}, body: "ok" }),
  $map: (pairs) => fromPairs(list(pairs).map((pair) => list(pair).map(translate))),
};

/** Returns the seconds of a duration such as `PT1H30M`. Scenarios only have hours and minutes. */
function secondsOf(duration: Clojure): number {
  const [, hours = "0", minutes = "0"] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(text(duration)) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60;
}

function fromPairs(pairs: readonly (readonly unknown[])[]): unknown {
  const entries = pairs.map(([key, value]) => [key, value] as const);
  const named = entries.every(([key]) => typeof key === "string");
  return named ? Object.fromEntries(entries as [string, unknown][]) : new Map(entries);
}

/** Converts a map with Ring's names for keys: options, attributes. */
export function translateNamed(value: Clojure): unknown {
  const data = translate(value);
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype) return data;
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [camelCase(key), item]));
}

/** Converts the options of a wrapper. A nil option is left out. */
export function translateOptions(map: ClojureMap): Record<string, unknown> {
  const given = Object.entries(map).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [camelCase(key), translateNamed(value)]));
}

/** Converts a request, with the properties that outer middleware would have added. */
export function translateRequest(map: ClojureMap): Record<string, unknown> {
  const { cookie, cookies, session, flash, uri = "/", "session-key": sessionKey, ...others } = map;
  const { method = "get", headers = {}, form, scheme, ...rest } = others;
  refuseUnknown("request", rest);
  return {
    method: text(method).toUpperCase(),
    uri,
    headers: { ...lowerCaseKeys(headers as ClojureMap), ...(cookie !== undefined && { cookie }) },
    ...(scheme !== undefined && { scheme }),
    ...(form !== undefined && { formParams: translate(form) }),
    ...(cookies !== undefined && { cookies: mapValues(cookies as ClojureMap, (value) => ({ value })) }),
    ...(session !== undefined && { session: translate(session) }),
    ...(sessionKey !== undefined && { sessionKey }),
    ...(flash !== undefined && { flash: translate(flash) }),
  };
}

/** Converts the handler's response. `data` converts the session. */
export function translateAnswer(map: ClojureMap | null, data: (value: Clojure) => unknown = translate): Answer {
  if (map === null) return () => null;
  const { throw: thrown, "session-op": operations, session, recreate, flash, cookies, headers, ...others } = map;
  const { "session-cookie-attrs": attributes, ...rest } = others;
  refuseUnknown("response", rest);
  if (thrown !== undefined) return () => raise(text(thrown));
  return (current) => ({
    status: 200,
    headers: lowerCaseKeys(headers === undefined ? {} : (headers as ClojureMap)),
    body: "ok",
    ...(session !== undefined && { session: data(session) }),
    ...(operations !== undefined && { session: list(operations).reduce(operate, current) }),
    ...(recreate !== undefined && { sessionRecreate: recreate }),
    ...(attributes !== undefined && { sessionCookieAttrs: translateNamed(attributes) }),
    ...(flash !== undefined && { flash: translate(flash) }),
    ...(cookies !== undefined && { cookies: translateCookies(cookies as ClojureMap) }),
  });
}

function operate(session: object, operation: Clojure): object {
  const [name, key = null, value = null] = list(operation);
  if (name === "keep") return session;
  if (name === "assoc") return { ...session, [text(key)]: translate(value) };
  throw new Error(`unknown session-op ${JSON.stringify(operation)}`);
}

/** Converts cookies. Their names are text here; Ring also takes keywords (`":a"`). */
function translateCookies(map: ClojureMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).map(([name, cookie]) => [name.replace(/^:/, ""), translateNamed(cookie)]),
  );
}

/** Makes header names lower case, as they are in this library's maps. */
export function lowerCaseKeys(map: ClojureMap): ClojureMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name.toLowerCase(), value]));
}

function mapValues<T>(map: ClojureMap, change: (value: Clojure) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function text(value: Clojure): string {
  if (typeof value !== "string") throw new Error(`expected text, got ${JSON.stringify(value)}`);
  return value;
}

function list(value: Clojure): readonly Clojure[] {
  if (!isList(value)) throw new Error(`expected a list, got ${JSON.stringify(value)}`);
  return value;
}

function isList(value: Clojure): value is readonly Clojure[] {
  return Array.isArray(value);
}

function refuseUnknown(what: string, rest: ClojureMap): void {
  for (const key of Object.keys(rest)) throw new Error(`unknown key of a ${what}: ${key}`);
}

function raise(message: string): never {
  throw new Error(message);
}
