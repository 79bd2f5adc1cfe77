/**
 * The vocabulary: types of a request, a response, a handler, a session and a store.
 *
 * Everything else in this library is a function over these types, so read this file first.
 *
 * @module
 */

import type { SessionEvent } from "./events.ts";

export type { SessionEvent } from "./events.ts";

/** A value, or the promise of one. A handler and a store may return either. */
export type Awaitable<T> = T | Promise<T>;

/** Values that JSON can carry, and that a session can hold without a codec. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Header fields by lower-case name: one value, or a list if the field comes or goes more than once. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request, as data (Ring's request map). Middleware adds further properties. */
export interface Request {
  /** The method in upper case: `"GET"`. */
  readonly method: string;
  /** The path, without the query: `"/cart"`. */
  readonly uri: string;
  /** The text behind the `?`, not decoded. Absent if there is none. */
  readonly queryString?: string | undefined;
  /** Header fields, with names in lower case. */
  readonly headers: Headers;
  readonly scheme?: "http" | "https" | undefined;
  readonly serverName?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly remoteAddr?: string | undefined;
  /** The protocol and its version: `"HTTP/1.1"`. */
  readonly protocol?: string | undefined;
  readonly body?: AsyncIterable<Uint8Array> | null | undefined;
}

/** A response, as data (Ring's response map). */
export interface Response {
  /** The status code. Default 200. */
  readonly status?: number | undefined;
  /** Header fields, with names in lower case. */
  readonly headers?: Headers | undefined;
  readonly body?: ResponseBody | undefined;
}

/** The body of a response. Text is sent as UTF-8, a stream chunk by chunk. */
export type ResponseBody = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;

/** A handler: a function from request to response. `null` or `undefined` means "this request is not mine". */
export type Handler<Req = Request, Res = Response> = (request: Req) => Awaitable<Res | null | undefined>;

/** Attributes of a cookie (RFC 6265bis, section 4.1.2). */
export interface CookieAttrs {
  /** The host whose subdomains get the cookie too. Default: this host alone. */
  readonly domain?: string | undefined;
  /** The path below which the cookie is sent. */
  readonly path?: string | undefined;
  /** Whether the cookie is sent over https only. */
  readonly secure?: boolean | undefined;
  /** Whether the cookie is hidden from scripts. */
  readonly httpOnly?: boolean | undefined;
  /** Seconds to live, a whole number, at most 400 days. 0 deletes the cookie. Default: until the browser closes. */
  readonly maxAge?: number | undefined;
  /** The time at which the cookie ends. Browsers prefer `maxAge` if both are given. */
  readonly expires?: Date | undefined;
  readonly sameSite?: "strict" | "lax" | "none" | undefined;
  /** Whether the browser keeps one cookie per embedding site (CHIPS). */
  readonly partitioned?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
}

/** A cookie on a response: its value, alone or with attributes. */
export type ResponseCookie = string | ({ readonly value: string } & CookieAttrs);

/** Property that `cookiesRequest` adds to a request. */
export interface CookiesRequest {
  /** Cookies by name. The names are as they came. */
  readonly cookies: Readonly<Record<string, { readonly value: string }>>;
}

/** Property that `cookiesResponse` takes from a response. */
export interface CookiesResponse {
  /** Cookies to set, by name. */
  readonly cookies?: Readonly<Record<string, ResponseCookie>> | undefined;
}

/** A session without a type of its own. */
export type SessionData = { readonly [key: string]: unknown };

/** Properties that `sessionRequest` adds to a request. */
export interface SessionRequest<S extends object = SessionData> {
  /** The session that was read, frozen; `{}` if there is none. */
  readonly session: Readonly<S>;
  /** The key of the session in the store; undefined if there is no session. */
  readonly sessionKey: string | undefined;
}

/** Properties of a response that change the session. */
export interface SessionResponse<S extends object = SessionData> {
  /**
   * Absent or undefined: the session stays unchanged. An object replaces the session. `null` deletes it.
   * A function gets the newest stored session, and may run again until its result is stored. Its `null` deletes.
   */
  readonly session?: Readonly<S> | null | ((current: Readonly<S>) => Readonly<S> | null) | undefined;
  /** True gives the session a new key. Do so after every log-in, against session fixation. */
  readonly sessionRecreate?: boolean | undefined;
  /** Attributes of the session cookie for this response alone. They are merged over those of the options. */
  readonly sessionCookieAttrs?: CookieAttrs | null | undefined;
}

/** Property that `flashRequest` adds to a request. */
export interface FlashRequest<F = Json> {
  /** The `flash` of the last response; undefined if there is none. */
  readonly flash: F | undefined;
}

/** Property that `flashResponse` takes from a response. */
export interface FlashResponse<F = Json> {
  /** A value for the next request of this session, once. Undefined and null are no flash; every other value is one. */
  readonly flash?: F | null | undefined;
}

/** Values that a store gets with each call. */
export interface StoreContext {
  /** The time in milliseconds since 1970. A store must use no other clock. */
  readonly now: number;
  /** Seconds to live from now. If it is undefined, a read does not restart the idle clock, and a write sets no end. */
  readonly ttl: number | undefined;
  /** The name of the cookie that carries the key. */
  readonly cookieName: string;
  /** Seconds that the cookie lives in the browser, if it has a Max-Age. */
  readonly maxAge?: number | undefined;
  /** The idle timeout in seconds, also in calls that are no read. Undefined: there is none. */
  readonly idle?: number | undefined;
  /** Whose session this is, or was if it is deleted. In `updateSession`, read it after `update` has run. */
  readonly principal?: string | undefined;
  /** Milliseconds that this call may take. For clients that take a number and no signal. */
  readonly deadline?: number | undefined;
  /** Aborts when the deadline of this call is past. */
  readonly signal?: AbortSignal;
  /** Reports a fact that only the store can know. It becomes an event. */
  readonly report?: (fact: StoreFact) => void;
}

/**
 * A fact that a store may report. `expired`: the session is past its time. `old-key`: it was sealed with an old key.
 * `gone`: an `update` has run, but its result could not be stored, because the session is gone.
 */
export type StoreFact = "expired" | "old-key" | "gone";

/**
 * A place where sessions are kept: Ring's `SessionStore` protocol, and the least that a store must do.
 * A plain object with these three functions is a store.
 */
export interface SessionStore {
  /** Returns the session of a key, or undefined if there is none. Restarts its idle clock. */
  readSession(key: string, context: StoreContext): Awaitable<SessionData | undefined>;
  /** Stores a session under the key, or under a fresh key if that is undefined. Returns its key. */
  writeSession(key: string | undefined, session: SessionData, context: StoreContext): Awaitable<string>;
  /** Deletes the session of a key. A returned string becomes the cookie's value. */
  deleteSession(key: string, context: StoreContext): Awaitable<string | void>;
}

/** A store that changes a session in one indivisible step, so that overlapping requests lose no change. */
export interface AtomicSessionStore extends SessionStore {
  /**
   * Replaces the session of a key by the result of `update`, which gets the newest session and may run more than once.
   * Its `null` deletes the session. `seen` is the session that the caller read: a store may try that one first.
   * Returns the key of the session, or undefined if it is gone. A session that is gone must not be brought back.
   */
  updateSession(
    key: string,
    update: (current: SessionData) => SessionData | null,
    seen: SessionData | undefined,
    context: StoreContext,
  ): Awaitable<string | undefined>;
}

/** A store that knows whose its sessions are. Sessions without a `principal` are in no list. */
export interface IndexedSessionStore extends SessionStore {
  /** Returns the live sessions of a principal, in any order. */
  listSessions(principal: string, context: StoreContext): Awaitable<readonly StoredSession[]>;
  /**
   * Deletes live sessions of a principal: all, all but one, or one. It deletes nobody else's. Returns the handles of
   * the deleted sessions.
   */
  revokeSessions(principal: string, which: Revocation, context: StoreContext): Awaitable<readonly string[]>;
}

/** A session in a list, without its key. */
export interface StoredSession {
  /** Stands for the session: the SHA-256 of its key in base64url, 43 characters. It opens no session. */
  readonly handle: string;
  readonly session: SessionData;
  /** The time it was first written under its key, in milliseconds since 1970. */
  readonly created: number;
  /** The time it was last read or written. It may be a tenth of the idle time behind. */
  readonly lastSeen: number;
}

/** Selects the sessions of a principal to delete, by handle. Default: all. */
export interface Revocation {
  /** All sessions but this one. */
  readonly except?: string | undefined;
  /** This session alone. */
  readonly only?: string | undefined;
}

/** A store whose cookie grows stale by itself: a sealed cookie, or a cookie with a Max-Age. */
export interface RenewingSessionStore extends SessionStore {
  /**
   * Returns the key to send again, the same or a fresh one, or undefined while that is not due. `session` is the one
   * that `readSession` returned. Called at the end of a request in which the session lives on under its key. It is not
   * called if the store is atomic and its cookie has no Max-Age.
   */
  renewSession(key: string, session: SessionData, context: StoreContext): Awaitable<string | undefined>;
}

/** Codec between sessions and the text in a store, for values that JSON cannot carry. */
export interface SessionCodec {
  /** Returns a session as text. */
  readonly encode: (session: SessionData) => string;
  /** Returns the session of a text. It must equal the session that was encoded. */
  readonly decode: (text: string) => SessionData;
}

/** Times at which a session ends by itself. The server enforces them, whatever the cookie says. */
export interface SessionTimeout {
  /** Seconds without a request. Default 1800 (30 minutes); `false`: never. */
  readonly idle?: number | false | undefined;
  /** Seconds since the log-in (the last `sessionRecreate` that came with a `session`), or since the session was made. Default `false`: never. */
  readonly absolute?: number | false | undefined;
}

/** Options of `wrapSession`, `sessionRequest` and `sessionResponse`. */
export interface SessionOptions<S extends object = SessionData> {
  /** The store of the sessions. Default: one memory store per process, shared by everything that names no store. */
  readonly store?: SessionStore | undefined;
  /** The path of the cookie. If given, it is used instead of `cookieAttrs.path`. */
  readonly root?: string | undefined;
  /** The name of the cookie. Default `"ring-session"`. No other host of the domain can set a `__Host-` name. */
  readonly cookieName?: string | undefined;
  /**
   * Attributes of the cookie, merged over `{ path: "/", httpOnly: true, sameSite: "lax" }`. Default of `secure`:
   * whether the request came over https.
   */
  readonly cookieAttrs?: CookieAttrs | undefined;
  /** Time limits, merged one by one with `{ idle: 1800, absolute: false }`. */
  readonly timeout?: SessionTimeout | undefined;
  /**
   * A Standard Schema (Zod, Valibot, ArkType, …). It gives `S` its type. A stored session that does not fit is ignored.
   */
  readonly schema?: StandardSchema<S> | undefined;
  /** Returns whose session this is; an index of sessions files it under that text. Undefined: nobody's. */
  readonly principal?: ((session: Readonly<S>) => string | undefined) | undefined;
  /**
   * The most live sessions of one principal. With one more, the session that was not seen for longest is revoked. It
   * needs `principal`, and a store with an index. Default: no limit.
   */
  readonly maxSessions?: number | undefined;
  /**
   * Milliseconds for one call of the store; then it fails with a `SessionStoreError`. Default 2000; `false`: for ever.
   */
  readonly storeDeadline?: number | false | undefined;
  /**
   * What to do with a request whose session cannot be read. Default `"fail"`: it rejects with the `SessionStoreError`.
   * `"empty"`: it gets an empty session, which it can only read. A response that changes the session still rejects. An
   * event reports each such request.
   */
  readonly readFailure?: "fail" | "empty" | undefined;
  /** The clock, in milliseconds since 1970. Default `Date.now`; give another one in tests. */
  readonly now?: (() => number) | undefined;
  /** Called with each event. An error that it throws is dropped: it never reaches the visitor. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}

/** The part of the Standard Schema interface (version 1) that is used here. */
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
