/**
 * The vocabulary: what a request, a response, a handler, a session and a store are.
 *
 * Types only. Everything else in this library is a function over these shapes, so this is the file
 * to read first.
 *
 * @module
 */

import type { SessionEvent } from "./events.ts";

export type { SessionEvent } from "./events.ts";

/** A value, or the promise of one. A handler and a store may answer either. */
export type Awaitable<T> = T | Promise<T>;

/** What JSON can carry, and so what a session can hold without a codec. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Header fields by lower-case name: one value, or a list where the field came or goes more than once. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request, as data. What middleware learns is added under further keys (Ring's request map). */
export interface Request {
  /** Upper case: `"GET"`. */
  readonly method: string;
  /** The path, without the query: `"/cart"`. */
  readonly uri: string;
  /** What stands behind the `?`, not decoded; absent where there is none. */
  readonly queryString?: string | undefined;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly scheme?: "http" | "https" | undefined;
  readonly serverName?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly remoteAddr?: string | undefined;
  /** `"HTTP/1.1"`. */
  readonly protocol?: string | undefined;
  readonly body?: AsyncIterable<Uint8Array> | null | undefined;
}

/** A response, as data (Ring's response map). */
export interface Response {
  /** Default 200. */
  readonly status?: number | undefined;
  /** Names in lower case. */
  readonly headers?: Headers | undefined;
  readonly body?: ResponseBody | undefined;
}

/** What a response can carry. Text goes out as UTF-8, a stream chunk by chunk. */
export type ResponseBody = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;

/** An application: from request to response. Nothing (`null`, `undefined`) means "not mine". */
export type Handler<Req = Request, Res = Response> = (request: Req) => Awaitable<Res | null | undefined>;

/** What a cookie may be told about itself (RFC 6265bis, section 4.1.2). */
export interface CookieAttrs {
  /** The host whose subdomains get the cookie too. Left out: this host alone. */
  readonly domain?: string | undefined;
  /** The path below which the cookie is sent. */
  readonly path?: string | undefined;
  /** Sent over https only. */
  readonly secure?: boolean | undefined;
  /** Hidden from scripts. */
  readonly httpOnly?: boolean | undefined;
  /** Seconds to live, a whole number; 0 deletes; at most 400 days. Left out: until the browser closes. */
  readonly maxAge?: number | undefined;
  /** When it ends. Browsers prefer `maxAge` where both are given. */
  readonly expires?: Date | undefined;
  readonly sameSite?: "strict" | "lax" | "none" | undefined;
  /** One jar per embedding site (CHIPS). */
  readonly partitioned?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
}

/** A cookie on a response: its value, or its value with attributes. */
export type ResponseCookie = string | ({ readonly value: string } & CookieAttrs);

/** What `cookiesRequest` adds to a request. */
export interface CookiesRequest {
  /** Cookies by name, names as they came. */
  readonly cookies: Readonly<Record<string, { readonly value: string }>>;
}

/** What `cookiesResponse` takes from a response. */
export interface CookiesResponse {
  /** Cookies to set, by name. */
  readonly cookies?: Readonly<Record<string, ResponseCookie>> | undefined;
}

/** A session nobody has described further. */
export type SessionData = { readonly [key: string]: unknown };

/** What `sessionRequest` adds to a request. */
export interface SessionRequest<S extends object = SessionData> {
  /** What was read, frozen; `{}` where there is no session. */
  readonly session: Readonly<S>;
  /** The key that the store knows it by; undefined where there is no session. */
  readonly sessionKey: string | undefined;
}

/** What becomes of the session. Undefined is silence, null is a command. */
export interface SessionResponse<S extends object = SessionData> {
  /**
   * Absent or undefined: unchanged. An object: this is the session now. `null`: delete it.
   * A function: applied to the newest stored session until its result is in, so it may run again; `null` deletes.
   */
  readonly session?: Readonly<S> | null | ((current: Readonly<S>) => Readonly<S> | null) | undefined;
  /** Give the session a new key: after every log-in, against fixation. */
  readonly sessionRecreate?: boolean | undefined;
  /** Attributes of the session cookie for this response alone, over those of the options. */
  readonly sessionCookieAttrs?: CookieAttrs | null | undefined;
}

/** What `flashRequest` adds to a request. */
export interface FlashRequest<F = Json> {
  /** What the last response put in `flash`; undefined where there is none. */
  readonly flash: F | undefined;
}

/** What `flashResponse` takes from a response. */
export interface FlashResponse<F = Json> {
  /** For the next request of this session, once. Only undefined and null are none. */
  readonly flash?: F | null | undefined;
}

/** What a store is told with each call. */
export interface StoreContext {
  /** Milliseconds since 1970. A store tells the time from here only. */
  readonly now: number;
  /** Seconds to live from now. Undefined: a read leaves the clock alone, a write sets no end. */
  readonly ttl: number | undefined;
  /** The cookie that carries the key. */
  readonly cookieName: string;
  /** Seconds that the cookie lives in the browser, where it has a Max-Age. */
  readonly maxAge?: number | undefined;
  /** Seconds that a read gives a session from now on, and so what `ttl` will be then; undefined: a read gives none. */
  readonly idle?: number | undefined;
  /** Whose session this is, or was where it is deleted. With `updateSession`: look after `update` has run. */
  readonly principal?: string | undefined;
  /** Milliseconds that this call may take: for clients that want a number rather than a signal. */
  readonly deadline?: number | undefined;
  /** Fires when the deadline for this call is past. */
  readonly signal?: AbortSignal;
  /** For what only the store can know, so that it becomes an event. */
  readonly report?: (fact: StoreFact) => void;
}

/**
 * What a store may report: the key is past its time, or was sealed with an old key; or, where an `update` has run but
 * its result could not be stored, the session is gone.
 */
export type StoreFact = "expired" | "old-key" | "gone";

/**
 * Where sessions live: Ring's `SessionStore` protocol, and the least that a store must do.
 * A plain object with these three functions is a store.
 */
export interface SessionStore {
  /** Answers the session of a key and restarts its idle clock; undefined where there is none. */
  readSession(key: string, context: StoreContext): Awaitable<SessionData | undefined>;
  /** Stores under the key, or under a fresh one where it is undefined; answers the key it is under now. */
  writeSession(key: string | undefined, session: SessionData, context: StoreContext): Awaitable<string>;
  /** Forgets the key. A returned string becomes the cookie's value. */
  deleteSession(key: string, context: StoreContext): Awaitable<string | void>;
}

/** A store that changes a session in one indivisible step: what keeps overlapping requests apart. */
export interface AtomicSessionStore extends SessionStore {
  /**
   * Replaces the session of a key by `update` of the newest one; `update` may run more than once and
   * answers `null` to delete. `seen` is what the caller read: a store may try that one first.
   * Answers the key it is under now, or undefined where it is gone: it is not brought back.
   */
  updateSession(
    key: string,
    update: (current: SessionData) => SessionData | null,
    seen: SessionData | undefined,
    context: StoreContext,
  ): Awaitable<string | undefined>;
}

/** A store that knows whose its sessions are. Sessions of nobody (no `principal`) are in no list. */
export interface IndexedSessionStore extends SessionStore {
  /** The live sessions of a principal, in any order. */
  listSessions(principal: string, context: StoreContext): Awaitable<readonly StoredSession[]>;
  /**
   * Forgets live sessions of a principal, and none of anybody else: all, all but one, or one. Answers the handles of
   * those it forgot.
   */
  revokeSessions(principal: string, which: Revocation, context: StoreContext): Awaitable<readonly string[]>;
}

/** A session in a list: never its key. */
export interface StoredSession {
  /** Stands for it: the SHA-256 of its key in base64url, 43 characters. It opens nothing. */
  readonly handle: string;
  readonly session: SessionData;
  /** When it was first written under its key, in milliseconds since 1970. */
  readonly created: number;
  /** When it was last read or written: where a read costs a write, up to a tenth of the idle time ago. */
  readonly lastSeen: number;
}

/** Which sessions of a principal to forget, by handle: all where neither is given. */
export interface Revocation {
  /** All but this one. */
  readonly except?: string | undefined;
  /** This one alone. */
  readonly only?: string | undefined;
}

/** A store whose cookie grows stale by itself: a sealed one, or one with a Max-Age. */
export interface RenewingSessionStore extends SessionStore {
  /**
   * Asked at the end of a request in which the session lives on under its key, unless the store is atomic and its
   * cookie has no Max-Age. Answers the key to send again, the same or a fresh one, or undefined while that is not due.
   * `session` is what `readSession` answered.
   */
  renewSession(key: string, session: SessionData, context: StoreContext): Awaitable<string | undefined>;
}

/** How a store writes sessions down: for values that JSON cannot carry. */
export interface SessionCodec {
  /** A session as text. */
  readonly encode: (session: SessionData) => string;
  /** The session again, equal to what was encoded. */
  readonly decode: (text: string) => SessionData;
}

/** When a session ends by itself. Enforced by the server, whatever the cookie says. */
export interface SessionTimeout {
  /** Seconds without a request. Default 1800 (30 minutes); false: never. */
  readonly idle?: number | false | undefined;
  /** Seconds since log-in (the last `sessionRecreate`), or since it was made. Default false: never. */
  readonly absolute?: number | false | undefined;
}

/** What `wrapSession`, `sessionRequest` and `sessionResponse` take. */
export interface SessionOptions<S extends object = SessionData> {
  /** Where sessions live. Default: one memory store per process, shared by everything that names no store. */
  readonly store?: SessionStore | undefined;
  /** The cookie's path; where given, it beats `cookieAttrs.path`. */
  readonly root?: string | undefined;
  /** Default `"ring-session"`. A `__Host-` name keeps other hosts of the domain from setting it. */
  readonly cookieName?: string | undefined;
  /**
   * Merged over `{ path: "/", httpOnly: true, sameSite: "lax" }`. `secure` is set by itself where the request came
   * over https, unless it is given here.
   */
  readonly cookieAttrs?: CookieAttrs | undefined;
  /** Merged part by part with `{ idle: 1800, absolute: false }`. */
  readonly timeout?: SessionTimeout | undefined;
  /** A Standard Schema (Zod, Valibot, ArkType, …): gives `S` its type; a stored session that does not fit is none. */
  readonly schema?: StandardSchema<S> | undefined;
  /** Whose session this is: what an index of sessions files it under. Undefined: nobody's. */
  readonly principal?: ((session: Readonly<S>) => string | undefined) | undefined;
  /**
   * The most live sessions of one principal; one more, and the one that was not seen for longest is revoked. Wants
   * `principal`, and a store with an index. Default: as many as there are.
   */
  readonly maxSessions?: number | undefined;
  /** Milliseconds for one call of the store, then it fails as a `SessionStoreError`. Default 2000; false: for ever. */
  readonly storeDeadline?: number | false | undefined;
  /**
   * What becomes of a request whose session cannot be read. Default `"fail"`: it rejects with the `SessionStoreError`.
   * `"empty"`: it is served with an empty session, for reading alone: a response that says something about the session
   * still rejects. An event tells of each.
   */
  readonly readFailure?: "fail" | "empty" | undefined;
  /** Milliseconds since 1970. Default `Date.now`; give another in tests. */
  readonly now?: (() => number) | undefined;
  /** Hears what happened. What it throws is dropped: it never reaches the visitor. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}

/** What of the Standard Schema interface (version 1) is used here. */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) => Awaitable<{ readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly object[] }>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}
