/**
 * Sessions, after `ring.middleware.session`. The request carries the session that was read. The response says how it
 * changes.
 *
 *     cookie ─▶ key ─▶ store.readSession ─▶ request.session ─▶ HANDLER ─▶ response.session ─▶ store ─▶ set-cookie
 *
 * `sessionRequest` is the left half and `sessionResponse` the right half. `wrapSession` puts both round a handler, and
 * adapters call what the two are made of: `readSession` and `respond`. The table says what a response does. K is the key
 * that the store knew.
 *
 * | `session`          | `sessionRecreate` | K    | store                  | cookie          | here        |
 * | ------------------ | ----------------- | ---- | ---------------------- | --------------- | ----------- |
 * | undefined          | no                | K    | nothing                | none            | `unchanged` |
 * | undefined          | any               | none | nothing                | none            | `settle`    |
 * | undefined          | yes               | K    | write a copy, delete K | new key         | `recreate`  |
 * | object or function | any               | none | write new              | new key         | `create`    |
 * | equal object       | no                | K    | nothing                | none            | `unchanged` |
 * | object or function | no                | K    | update K               | if it changed   | `replace`   |
 * | object or function | yes               | K    | write new, delete K    | new key         | `recreate`  |
 * | null               | any               | K    | delete K               | expired         | `remove`    |
 * | null               | any               | none | nothing                | expired if sent | `remove`    |
 *
 * A function that returns `null` is a `null`. A write to a session that is gone meanwhile is dropped: no cookie. Where the
 * session goes on under K, the cookie is sent again if it is due to be refreshed, or has attributes of its own.
 *
 * @module
 */

import { cookiesResponse } from "../cookies/cookies.ts";
import { andThen, isPromise } from "../shared/awaitable.ts";
import { checkHandler } from "../shared/options.ts";
import { kindOf } from "../shared/values.ts";
import { readSession } from "./read.ts";
import { sessionConfig, type SessionConfig } from "./options/config.ts";
import { type CookieChange, responseCookie, type SessionCookie, withSessionCookie } from "./options/cookie.ts";
import { type CheckedOrders, settle } from "./settle.ts";
import {
  CHANGES,
  knownChanges,
  type OrderingResponse,
  type OrderPart,
  SAME_DATA,
  type SessionOrder,
} from "../data/order.ts";
import { checkSession } from "../data/reserved.ts";
import { checkRead, type Visit, visitOf, withVisit } from "./visit.ts";
import { memoryStore } from "../stores/memory/memory.ts";
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
} from "../types.ts";

/**
 * Middleware that adds `session` and `sessionKey` to the request, and changes the session as the response says. The
 * handler demands a `session`, and the wrapped handler does not. So a handler that was not wrapped fits no server.
 *
 * The session is in the store before the response is returned. A handler that throws, or returns nothing, changes
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
 * @throws TypeError if an option is invalid. The wrapped handler rejects with a `SessionStoreError` if the store fails,
 *   and with a `TypeError` if a response is invalid.
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
    // Awaiting what is there already would cost a turn of the microtask queue each time.
    const read = readSession(config, request);
    const withSession = withVisit<Req, S>(request as Req, isPromise(read) ? await read : read);
    const answer = handler(withSession);
    const response = isPromise(answer) ? await answer : answer;
    return respond(config, response, visitOf(config, withSession), withSession);
  };
}

/**
 * The left half of `wrapSession`: returns a request with its `session` and `sessionKey`. After Ring's
 * `session-request`, but without its traps: every option has its default here too.
 *
 * @throws SessionStoreError if the store fails
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
 * The right half of `wrapSession`: changes the session as the response says, and returns the response to send. The
 * request may be a map made by hand: `{ session, sessionKey }` is enough. After Ring's `session-response`.
 *
 * @throws SessionStoreError if the store fails; TypeError if the response is invalid
 */
export function sessionResponse<
  const R extends (Response & CookiesResponse & SessionResponse<S>) | null | undefined,
  S extends object = SessionData,
>(
  response: R,
  request: Partial<Request & CookiesRequest & SessionRequest<S>> = {},
  options?: SessionOptions<S>,
): Awaitable<AfterSession<R>> {
  const config = configOf("sessionResponse", options);
  return respond(config, response, visitOf(config, request), request) as Awaitable<AfterSession<R>>;
}

/** A response after the session is saved, without the properties about the session. */
export type AfterSession<R> = R extends null | undefined
  ? R
  : Omit<R, keyof SessionResponse | "flash" | "cookies"> & Response;

/** Name of the default store on `globalThis`. Bundlers may load this package twice, and all copies share the store. */
const SHARED_STORE: unique symbol = Symbol.for("ringlet.shared-store");

const NO_OPTIONS: object = {};
const configs = new WeakMap<object, SessionConfig>();
const globals = globalThis as { [SHARED_STORE]?: SessionStore };

function defaultStore(): SessionStore {
  return (globals[SHARED_STORE] ??= memoryStore());
}

/** Returns the checked options. The same object is checked only once. `where` is the name in error messages. */
export function configOf<S extends object>(where: string, options: SessionOptions<S> = NO_OPTIONS): SessionConfig {
  const known = configs.get(options);
  if (known !== undefined) return known;
  const config = sessionConfig(where, options, defaultStore);
  configs.set(options, config);
  return config;
}

/** The orders of a response that says nothing about the session. */
const NO_ORDERS: CheckedOrders = {
  order: undefined,
  changes: undefined,
  recreate: false,
  renewal: true,
  resend: false,
};

/** Changes the session of a visit as the response says: the whole table. Returns the response to send. */
export function respond(
  config: SessionConfig,
  response: OrderingResponse | null | undefined,
  visit: Visit,
  request: Pick<Request, "scheme"> | undefined,
): Awaitable<Response | null | undefined> {
  if (response === null || response === undefined) return response;
  if (typeof response !== "object") {
    throw new TypeError(`a response must be a map, { body: … }, got ${kindOf(response)}`);
  }
  if (hasNoOrders(response)) {
    const rest: Response = cookiesResponse(response);
    return sendCookie(settle(config, visit, NO_ORDERS), rest, config.cookie, request);
  }
  const { session, sessionRecreate = false, sessionCookieAttrs, [SAME_DATA]: sameData = false } = response;
  // Every mistake is refused before the store is called: so it leaves no orphan session behind.
  if (session !== undefined && session !== null && typeof session !== "function") {
    checkSession(session, "response.session");
  }
  if (typeof sessionRecreate !== "boolean") {
    throw new TypeError(`response.sessionRecreate must be true or false, got ${kindOf(sessionRecreate)}`);
  }
  const ownCookie = responseCookie(config.cookie, sessionCookieAttrs);
  const rest: Response = cookiesResponse(withoutOrders(response));
  if (session !== undefined || sessionRecreate) checkRead(visit);
  const orders: CheckedOrders = {
    order: session as SessionOrder,
    changes: response[CHANGES] && knownChanges(response as OrderPart),
    recreate: sessionRecreate,
    renewal: session === undefined || sameData,
    resend: ownCookie !== undefined,
  };
  return sendCookie(settle(config, visit, orders), rest, ownCookie ?? config.cookie, request);
}

function sendCookie(
  change: Awaitable<CookieChange>,
  rest: Response,
  cookie: SessionCookie,
  request: Pick<Request, "scheme"> = {},
): Awaitable<Response> {
  if (change === undefined) return rest;
  return andThen(change, (key) => withSessionCookie(rest, cookie, key, request));
}

/** Whether a response says nothing about the session. Most responses do not, and need no copy. */
function hasNoOrders(response: OrderingResponse): boolean {
  return !(
    "session" in response ||
    "flash" in response ||
    "sessionRecreate" in response ||
    "sessionCookieAttrs" in response
  );
}

function withoutOrders(response: OrderingResponse): Response & CookiesResponse {
  const {
    session: _,
    sessionRecreate: _r,
    sessionCookieAttrs: _a,
    flash: _f,
    [SAME_DATA]: _s,
    [CHANGES]: _c,
    ...rest
  } = response;
  return rest;
}
