/**
 * Sessions, after `ring.middleware.session`: the request carries what was read, the response says what should become
 * of it.
 *
 *     cookie ─▶ key ─▶ store.readSession ─▶ request.session ─▶ HANDLER ─▶ response.session ─▶ store ─▶ set-cookie
 *
 * `sessionRequest` is the left half, `sessionResponse` the right one, `wrapSession` both round a handler. There is no
 * other algorithm: every adapter calls these two. What a response does, where K is the key that the store knew:
 *
 * | `session`          | `sessionRecreate` | K   | store                  | cookie          | here        |
 * | ------------------ | ----------------- | --- | ---------------------- | --------------- | ----------- |
 * | undefined          | no                | any | nothing                | none            | `unchanged` |
 * | undefined          | yes               | K   | write a copy, delete K | new key         | `recreate`  |
 * | object or function | no                | –   | write new              | new key         | `create`    |
 * | equal object       | no                | K   | nothing                | none            | `unchanged` |
 * | object or function | no                | K   | update K               | if it changed   | `replace`   |
 * | object or function | yes               | K   | write new, delete K    | new key         | `recreate`  |
 * | null               | –                 | K   | delete K               | expired         | `remove`    |
 * | null               | –                 | –   | nothing                | expired if sent | `remove`    |
 *
 * @module
 */

import { cookiesResponse } from "./cookies.ts";
import { andThen, isPromise } from "./internal/awaitable.ts";
import { changesBetween } from "./internal/changes.ts";
import { equal } from "./internal/equal.ts";
import { isOver } from "./internal/lifetime.ts";
import { began, beginning, nextSession, type Wanted } from "./internal/next-session.ts";
import { checkHandler } from "./internal/options.ts";
import { kindOf } from "./internal/plain.ts";
import { readSession } from "./internal/read-session.ts";
import { recreate } from "./internal/recreate-session.ts";
import { visitOf, withVisit, type Known } from "./internal/request-visit.ts";
import { sessionConfig, type SessionConfig } from "./internal/session-config.ts";
import { enforceLimit } from "./internal/session-limit.ts";
import { responseCookie, withSessionCookie } from "./internal/session-cookie.ts";
import { dropped, forgotten, type CookieChange } from "./internal/session-outcome.ts";
import { drop, renew, update, write } from "./internal/store-operations.ts";
import { checkSession } from "./internal/stored.ts";
import { FLASH_ONLY, SHARED_STORE } from "./internal/symbols.ts";
import { checkRead, type Visit } from "./internal/visit.ts";
import { memoryStore } from "./stores/memory.ts";
import type {
  Awaitable,
  CookiesRequest,
  CookiesResponse,
  FlashResponse,
  Handler,
  Request,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
  SessionStore,
} from "./types.ts";

/**
 * Middleware: adds `session` and `sessionKey` to the request, and does to the session what the response says.
 * What it wraps demands a `session`; what it answers does not, so a handler that was not wrapped fits no server.
 *
 * The session is in the store before the response is answered. A handler that throws, or answers nothing, changes
 * nothing. After Ring's `wrap-session`.
 *
 * @example
 * ```ts
 * import { wrapSession, type Request, type SessionRequest } from "ringlet";
 *
 * interface App {
 *   readonly visits?: number;
 * }
 *
 * const app = wrapSession((request: Request & SessionRequest<App>) => ({
 *   body: `Visit number ${(request.session.visits ?? 0) + 1}`,
 *   session: (current: App) => ({ ...current, visits: (current.visits ?? 0) + 1 }),
 * }));
 * ```
 * @throws TypeError where an option is not as it should be; the handler's answer rejects with a `SessionStoreError`
 *   where the store fails, and with a `TypeError` where a response asks for what cannot be
 */
export function wrapSession<S extends object = SessionData, Req extends Request = Request>(
  handler: Handler<
    Req & SessionRequest<S>,
    Response & CookiesResponse & SessionResponse<NoInfer<S>> & FlashResponse<unknown>
  >,
  options: SessionOptions<S> = {},
): Handler<Omit<Req, keyof SessionRequest> & Request> {
  checkHandler("wrapSession", handler);
  const config = sessionConfig("wrapSession", options, defaultStore);
  return async (request) => {
    const read = readSession(config, request);
    const withSession = withVisit<Req, S>(request as Req, isPromise(read) ? await read : read);
    return respond(config, await handler(withSession), withSession);
  };
}

/**
 * The left half of `wrapSession`: a request with its `session` and `sessionKey`. After Ring's `session-request`,
 * but for its traps: every option has its default here too.
 *
 * @throws SessionStoreError where the store fails
 */
export function sessionRequest<Req extends Request, S extends object = SessionData>(
  request: Req,
  options?: SessionOptions<S>,
): Awaitable<Req & SessionRequest<S>> {
  return andThen(readSession(configOf("sessionRequest", options), request), (visit) =>
    withVisit<Req, S>(request, visit),
  );
}

/**
 * The right half of `wrapSession`: does to the session what the response says, and answers the response as it goes
 * out. The request may be a map made by hand: `{ session, sessionKey }` is enough. After Ring's `session-response`.
 *
 * @throws SessionStoreError where the store fails; TypeError where the response asks for what cannot be
 */
export function sessionResponse<
  const R extends (Response & CookiesResponse & SessionResponse<S>) | null | undefined,
  S extends object = SessionData,
>(
  response: R,
  request: Partial<Request & CookiesRequest & SessionRequest<S>> = {},
  options?: SessionOptions<S>,
): Awaitable<AfterSession<R>> {
  return respond(configOf("sessionResponse", options), response, request) as Awaitable<AfterSession<R>>;
}

/** A response when the session's part of it has been done. */
export type AfterSession<R> = R extends null | undefined
  ? R
  : Omit<R, keyof SessionResponse | "flash" | "cookies"> & Response;

const NO_OPTIONS: object = {};
const configs = new WeakMap<object, SessionConfig>();
/** Of the process rather than of this module: bundlers give each part of an application a copy of this package. */
const shared = globalThis as { [SHARED_STORE]?: SessionStore };

function defaultStore(): SessionStore {
  return (shared[SHARED_STORE] ??= memoryStore());
}

/** Options are checked once, however often the same object is given. `where`: whom a message names. */
export function configOf<S extends object>(where: string, options: SessionOptions<S> = NO_OPTIONS): SessionConfig {
  const known = configs.get(options);
  if (known !== undefined) return known;
  const config = sessionConfig(where, options, defaultStore);
  configs.set(options, config);
  return config;
}

type Asked = Response &
  CookiesResponse &
  SessionResponse<object> &
  FlashResponse<unknown> & { readonly [FLASH_ONLY]?: boolean };

/** What a response asks for, checked. */
interface Change {
  readonly wanted: Wanted;
  readonly recreated: boolean;
  /** No log-in: the session goes on under its new key, and where it is gone it stays gone. */
  readonly renewal: boolean;
  /** The cookie is sent again whatever becomes of the session: it has attributes of its own. */
  readonly resend: boolean;
}

function respond(
  config: SessionConfig,
  response: Asked | null | undefined,
  request: Known,
): Awaitable<Response | null | undefined> {
  if (response === null || response === undefined) return response;
  if (typeof response !== "object") {
    throw new TypeError(`a response must be a map, { body: … }, got ${kindOf(response)}`);
  }
  const { session, sessionRecreate = false, sessionCookieAttrs, [FLASH_ONLY]: flashOnly = false } = response;
  // Whatever can be refused is refused before the store is touched: a mistake leaves no orphan behind.
  if (session !== undefined && session !== null && typeof session !== "function") {
    checkSession(session, "response.session");
  }
  if (typeof sessionRecreate !== "boolean") {
    throw new TypeError(`response.sessionRecreate must be true or false, got ${kindOf(sessionRecreate)}`);
  }
  const ownCookie = responseCookie(config.cookie, sessionCookieAttrs);
  const rest: Response = cookiesResponse(withoutOrders(response));
  const visit = visitOf(config, request);
  if (session !== undefined || sessionRecreate) checkRead(visit);
  const change: Change = {
    wanted: (session ?? undefined) as Wanted,
    recreated: sessionRecreate,
    renewal: session === undefined || flashOnly,
    resend: ownCookie !== undefined,
  };
  return andThen(session === null ? remove(config, visit) : settle(config, visit, change), (key) =>
    withSessionCookie(rest, ownCookie ?? config.cookie, key, request),
  );
}

/** Most responses ask for nothing: they need no copy. */
function withoutOrders(response: Asked): Response & CookiesResponse {
  const asks =
    "session" in response || "flash" in response || "sessionRecreate" in response || "sessionCookieAttrs" in response;
  if (!asks) return response;
  const { session: _, sessionRecreate: _r, sessionCookieAttrs: _a, flash: _f, [FLASH_ONLY]: _o, ...rest } = response;
  return rest;
}

/** Finds the row of the table, but for `null`. */
function settle(config: SessionConfig, visit: Visit, change: Change): Awaitable<CookieChange> {
  const { key } = visit;
  if (key === undefined) return change.wanted === undefined ? undefined : create(config, visit, change.wanted);
  if (change.recreated) return recreate(config, visit, key, change.wanted, change.renewal);
  if (changesNothing(visit, change.wanted)) return unchanged(config, visit, key, change);
  return replace(config, visit, key, change);
}

function changesNothing(visit: Visit, wanted: Wanted): boolean {
  return wanted === undefined || (typeof wanted === "object" && changesBetween(visit.session, wanted).size === 0);
}

function unchanged(config: SessionConfig, visit: Visit, key: string, change: Change): Awaitable<CookieChange> {
  // A session from before there was an absolute limit gets its beginning on the first request that shows it.
  if (config.absolute !== undefined && visit.created === undefined) return replace(config, visit, key, change);
  return goesOn(config, visit, key, change);
}

function goesOn(config: SessionConfig, visit: Visit, key: string, change: Change): Awaitable<CookieChange> {
  return andThen(renew(config, key, visit), (renewed) => {
    if (renewed !== undefined) config.events.emit("renewed", renewed);
    return renewed ?? (change.resend ? key : undefined);
  });
}

function create(config: SessionConfig, visit: Visit, wanted: Wanted): Awaitable<CookieChange> {
  const session = nextSession(config, visit, { wanted, current: undefined, created: beginning(config), fresh: true });
  if (session === null) return remove(config, visit);
  return andThen(write(config, undefined, session), (key) => {
    config.events.emit("created", key);
    return andThen(enforceLimit(config, key, session, undefined), () => key);
  });
}

function remove(config: SessionConfig, visit: Visit): Awaitable<CookieChange> {
  const { key } = visit;
  if (key === undefined) return visit.cookieSent ? null : undefined;
  return andThen(drop(config, key, visit.stored), (left) => {
    config.events.emit("deleted", key);
    if (typeof left !== "string" || left === "") return null;
    return left === key ? undefined : left;
  });
}

function replace(config: SessionConfig, visit: Visit, key: string, change: Change): Awaitable<CookieChange> {
  if (isOver(config, visit.created)) return dropped(config, key);
  const { wanted } = change;
  const next = (current: SessionData): SessionData | null =>
    nextSession(config, visit, { wanted, current, created: began(config, current), fresh: false });
  if (config.store.updateSession === undefined) return overwrite(config, visit, key, change, next);
  let last: SessionData | null | undefined;
  let merged = false;
  const answer = update(config, key, visit, (current) => {
    merged = config.events.heard() && visit.stored !== undefined && !equal(current, visit.stored);
    return (last = next(current));
  });
  return andThen(answer, (stored) => {
    if (last === null) return forgotten(config, key);
    if (stored === undefined) return dropped(config, key);
    config.events.emit(merged ? "conflict-merged" : "updated", stored);
    return written(config, visit, change, stored, last);
  });
}

/** What a store with Ring's three functions can do: write over what was read. */
function overwrite(
  config: SessionConfig,
  visit: Visit,
  key: string,
  change: Change,
  next: (current: SessionData) => SessionData | null,
): Awaitable<CookieChange> {
  const session = next(visit.stored ?? visit.session);
  if (session === null) return remove(config, visit);
  return andThen(write(config, key, session), (stored) => {
    config.events.emit("updated", stored);
    return written(config, visit, change, stored, session);
  });
}

/** What is left to do for a session that was changed: it is under `stored` now. */
function written(
  config: SessionConfig,
  visit: Visit,
  change: Change,
  stored: string,
  session: SessionData | undefined,
): Awaitable<CookieChange> {
  const limited = session && enforceLimit(config, stored, session, visit.stored);
  return andThen(limited, () => (stored === visit.key ? goesOn(config, visit, stored, change) : stored));
}
