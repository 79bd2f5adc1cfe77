/**
 * Ring handlers in a framework that has a session of its own; Luminus calls these servlet-backed sessions. The handler
 * uses the host's session by the same properties as in `wrapSession`. Store, cookie and expiry are the host's.
 *
 * @module
 */

import { cookiesResponse } from "../cookies/cookies.ts";
import { applyChanges, changesBetween } from "../data/changes.ts";
import { copyOf } from "../data/copy.ts";
import { freeze } from "../data/freeze.ts";
import type { HostSession } from "./hosts.ts";
import { extended } from "../http/request-map.ts";
import { checkHandler } from "../shared/options.ts";
import { kindOf } from "../shared/values.ts";
import { CHANGES, type OrderingResponse, SAME_DATA, type SessionOrder } from "../data/order.ts";
import { checkSession } from "../data/reserved.ts";
import type {
  CookiesResponse,
  Handler,
  Request,
  Response,
  SessionData,
  SessionRequest,
  SessionResponse,
} from "../types.ts";

export { expressHost, fastifyHost, koaHost } from "./hosts.ts";
export type { ExpressHostRequest, FastifyHostRequest, HostSession, KoaHostContext } from "./hosts.ts";

/**
 * Middleware like `wrapSession`, on another framework's session. The request has `session` and `sessionKey`. The
 * response's `session` (an object, `null` or a function) and `sessionRecreate` change the host's session. Build the
 * middleware for each request, around a handler that was built once. `wrapFlash` works inside it.
 *
 * An object is compared with the session that was read, and only the changes are made. A function is applied once, to
 * the session that the host has at that time. The host decides what becomes of overlapping requests. `sessionKey` is
 * undefined if the session has no data.
 *
 * @example
 * ```ts
 * import { response, wrapHostSession, type Request, type SessionRequest } from "ringlet";
 *
 * const data = new Map<string, object>([["ada", { visits: 1 }]]);
 * const page = ({ session }: Request & SessionRequest<{ visits?: number }>) => response(`Visits: ${session.visits}`);
 *
 * const app = wrapHostSession(page, {
 *   key: () => "ada",
 *   read: () => ({ ...data.get("ada") }),
 *   write: (session) => void data.set("ada", session),
 *   regenerate: (session) => void data.set("ada", session),
 *   destroy: () => void data.delete("ada"),
 * });
 * ```
 * @throws TypeError if the handler is no function. The returned handler rejects with a `TypeError` if a response asks
 *   for something impossible, and with the errors of the host.
 */
export function wrapHostSession<S extends object = SessionData, Req extends Request = Request>(
  handler: Handler<Req & SessionRequest<S>, Response & CookiesResponse & SessionResponse<NoInfer<S>>>,
  framework: HostSession,
): Handler<Omit<Req, keyof SessionRequest> & Request> {
  checkHandler("wrapHostSession", handler);
  return async (request) => {
    const seen = freeze(copyOf(await framework.read()) as SessionData);
    const sessionKey = Object.keys(seen).length === 0 ? undefined : framework.key();
    // The two properties are what the caller's request lacks of `Req`.
    const withSession = extended(request, { session: seen, sessionKey }) as unknown as Req & SessionRequest<S>;
    return actOn(await handler(withSession), seen, framework);
  };
}

async function actOn(
  response: OrderingResponse | null | undefined,
  seen: SessionData,
  framework: HostSession,
): Promise<Response | null | undefined> {
  if (response === null || response === undefined) return response;
  if (typeof response !== "object") {
    throw new TypeError(`a response must be a map, { body: … }, got ${kindOf(response)}`);
  }
  const { session, sessionRecreate = false, sessionCookieAttrs, [SAME_DATA]: _s, [CHANGES]: _c, ...rest } = response;
  if (typeof sessionRecreate !== "boolean") {
    throw new TypeError(`response.sessionRecreate must be true or false, got ${kindOf(sessionRecreate)}`);
  }
  if (sessionCookieAttrs !== undefined && sessionCookieAttrs !== null) {
    throw new TypeError("response.sessionCookieAttrs: the session's cookie is the host's; say so in its options");
  }
  const answer = cookiesResponse(rest);
  await applyOrder(session as SessionOrder, sessionRecreate, seen, framework);
  return answer;
}

/**
 * Does what a response asks of the session, by the table of `wrapSession`. The framework takes the place of the store.
 */
async function applyOrder(
  order: SessionOrder,
  recreate: boolean,
  seen: SessionData,
  framework: HostSession,
): Promise<void> {
  if (order === undefined && !(recreate && Object.keys(seen).length > 0)) return;
  const current = await framework.read();
  const next = sessionAfter(order, seen, current);
  if (next === null) return framework.destroy();
  if (recreate) return framework.regenerate(next);
  if (changesBetween(current, next).size > 0) return framework.write(next);
}

function sessionAfter(order: SessionOrder, seen: SessionData, current: SessionData): SessionData | null {
  if (order === undefined) return current;
  const next: unknown = typeof order === "function" ? order(freeze(copyOf(current) as SessionData)) : order;
  if (next === null) return null;
  checkSession(next, typeof order === "function" ? "the session that the function answered" : "response.session");
  // A copy: the host's own code may change in place what the handler still holds, frozen.
  const changes = changesBetween(typeof order === "function" ? current : seen, next);
  return copyOf(applyChanges(current, changes)) as SessionData;
}
