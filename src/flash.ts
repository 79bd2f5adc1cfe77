/**
 * Flash: a value that one response leaves for the next request of the same session, once. After
 * `ring.middleware.flash`.
 *
 * It needs `wrapSession` round it: `wrapSession(wrapFlash(handler))`. The flash is stored in the session under
 * `_flash`. The wrapped handler does not see that key and may not set it.
 *
 * @module
 */

import { andThen } from "./shared/awaitable.ts";
import { equal } from "./data/equal.ts";
import { extended } from "./http/request-map.ts";
import { checkHandler } from "./shared/options.ts";
import {
  type AllowedOrder,
  type DemandedSession,
  type OrderPart,
  refuseReserved,
  SAME_DATA,
  type SessionUpdate,
  throughReserved,
  withReserved,
} from "./data/order.ts";
import { FLASH, omit } from "./data/reserved.ts";
import type {
  Awaitable,
  CookiesResponse,
  FlashRequest,
  FlashResponse,
  Handler,
  Json,
  Request,
  Response,
  SessionData,
  SessionRequest,
  SessionResponse,
} from "./types.ts";

/**
 * Middleware that puts the `flash` of a response on the next request. After Ring's `wrap-flash`.
 *
 * `{ session: null, flash }` logs out, and gives the flash to a fresh session under a new key. A handler that throws or
 * returns nothing does not use up the flash.
 *
 * @example
 * ```ts
 * import { redirect, wrapFlash, wrapSession } from "ringlet";
 *
 * const app = wrapSession(
 *   wrapFlash((request) =>
 *     request.method === "POST" ? { ...redirect("/"), flash: "Saved." } : { body: `${request.flash ?? "Nothing new."}` },
 *   ),
 * );
 * ```
 */
export function wrapFlash<F = Json, S extends object = SessionData, Req extends Request = Request>(
  handler: Handler<
    Req & SessionRequest<S> & FlashRequest<F>,
    Response & CookiesResponse & SessionResponse<NoInfer<S>> & FlashResponse<NoInfer<F>>
  >,
): Handler<
  Omit<Req, keyof FlashRequest> & Request & SessionRequest<DemandedSession<S>>,
  Response & CookiesResponse & AllowedOrder<S>
> {
  checkHandler("wrapFlash", handler);
  return (request) => {
    const withFlash = flashRequest<typeof request, F>(request);
    return andThen(handler(withFlash as unknown as Req & SessionRequest<S> & FlashRequest<F>), (response) =>
      flashResponse<typeof response, F, S>(response, withFlash),
    ) as Awaitable<Response & CookiesResponse & AllowedOrder<S>>;
  };
}

/** The left half of `wrapFlash`: moves the flash from the session to the request. After Ring's `flash-request`. */
export function flashRequest<Req extends object, F = Json>(
  request: Req & { readonly session?: object | undefined },
): Req & FlashRequest<F> {
  const session = request.session as SessionData | undefined;
  if (session === undefined || !Object.hasOwn(session, FLASH)) return extended(request, { flash: undefined });
  return extended(request, { session: Object.freeze(omit(session, FLASH)), flash: session[FLASH] as F });
}

/**
 * The right half of `wrapFlash`: puts the flash of a response into its session, and removes the flash that the request
 * showed. Without a response it returns none. After Ring's `flash-response`.
 *
 * @throws TypeError if the application has set `_flash` in the session of the response
 */
export function flashResponse<
  const R extends (Response & CookiesResponse & SessionResponse<S> & FlashResponse<F>) | null | undefined,
  F = Json,
  S extends object = SessionData,
>(response: R, request: { readonly session?: object | undefined; readonly flash?: unknown }): AfterFlash<R> {
  if (response === null || response === undefined) return response as AfterFlash<R>;
  const { flash, ...rest } = response;
  return { ...rest, ...sessionPart(rest as OrderPart, flash ?? undefined, request) } as AfterFlash<R>;
}

/** A response after its flash was put into its session. */
export type AfterFlash<R> = R extends null | undefined ? R : Omit<R, "flash">;

type SessionPart = OrderPart & { readonly sessionRecreate?: boolean; readonly [SAME_DATA]?: boolean };

function sessionPart(
  part: OrderPart,
  newFlash: unknown,
  { session: sessionRead = {}, flash: oldFlash }: { readonly session?: object | undefined; readonly flash?: unknown },
): SessionPart {
  const { session: order } = part;
  if (typeof order === "function") return { session: throughFlash(order, newFlash, oldFlash) };
  refuseReserved(order, FLASH);
  // The old session must not live on under its key, nor give its data to the session that carries the flash.
  if (order === null) {
    return newFlash === undefined ? {} : { session: () => ({ [FLASH]: newFlash }), sessionRecreate: true };
  }
  if (order === undefined && newFlash === undefined && oldFlash === undefined) return {};
  return {
    ...withReserved({ ...part, session: order }, sessionRead, { name: FLASH, before: oldFlash, after: newFlash }),
    ...(order === undefined && { [SAME_DATA]: true }),
  };
}

/** Hides the flash from the application's function. A flash that another request has left meanwhile is kept. */
function throughFlash(update: SessionUpdate, newFlash: unknown, oldFlash: unknown): SessionUpdate {
  const unlessOld = (newest: unknown): unknown => (equal(newest, oldFlash) ? undefined : newest);
  return throughReserved(update, FLASH, (current) => newFlash ?? unlessOld(current[FLASH]));
}
