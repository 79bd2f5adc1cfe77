/**
 * A flash: what one response leaves for the next request of the same session, once. After `ring.middleware.flash`.
 *
 * It works on the maps alone, so it stands inside `wrapSession`: `wrapSession(wrapFlash(handler))`. The flash lives in
 * the session under `_flash`, which handlers inside neither see nor may set.
 *
 * @module
 */

import { SessionDataError } from "./errors.ts";
import { andThen } from "./shared/awaitable.ts";
import { equal } from "./data/equal.ts";
import { extended } from "./http/request-map.ts";
import { checkHandler } from "./shared/options.ts";
import { isPlainObject } from "./shared/values.ts";
import { FLASH, omit, SAME_DATA } from "./data/reserved.ts";
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
 * Middleware: `flash` of a response is on the next request. After Ring's `wrap-flash`.
 *
 * `{ session: null, flash }` logs out, and gives the flash to a fresh session under a new key. A handler that throws or
 * answers nothing does not use the flash up.
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
  Omit<Req, keyof FlashRequest> & Request & SessionRequest<Demanded<S>>,
  Response & CookiesResponse & Answered<S>
> {
  checkHandler("wrapFlash", handler);
  return (request) => {
    const withFlash = flashRequest<typeof request, F>(request);
    return andThen(handler(withFlash as unknown as Req & SessionRequest<S> & FlashRequest<F>), (response) =>
      flashResponse<typeof response, F, S>(response, withFlash),
    ) as Awaitable<Response & CookiesResponse & Answered<S>>;
  };
}

/** A handler that says nothing of its session's type fits whatever `wrapSession` is told about it. */
type Demanded<S extends object> = string extends keyof S ? object : S;
type Answered<S extends object> = string extends keyof S
  ? Omit<SessionResponse, "session"> & { readonly session?: null | undefined }
  : SessionResponse<S>;

/** The left half of `wrapFlash`: takes the flash out of the session. After Ring's `flash-request`. */
export function flashRequest<Req extends object, F = Json>(
  request: Req & { readonly session?: object | undefined },
): Req & FlashRequest<F> {
  const session = request.session as SessionData | undefined;
  if (session === undefined || !Object.hasOwn(session, FLASH)) return extended(request, { flash: undefined });
  return extended(request, { session: Object.freeze(omit(session, FLASH)), flash: session[FLASH] as F });
}

/**
 * The right half of `wrapFlash`: puts the flash of a response into its session, and takes away the one that the
 * request showed. No response gives no response. After Ring's `flash-response`.
 *
 * @throws TypeError where the session of the response has a `_flash` of its own
 */
export function flashResponse<
  const R extends (Response & CookiesResponse & SessionResponse<S> & FlashResponse<F>) | null | undefined,
  F = Json,
  S extends object = SessionData,
>(response: R, request: { readonly session?: object | undefined; readonly flash?: unknown }): AfterFlash<R> {
  if (response === null || response === undefined) return response as AfterFlash<R>;
  const { flash, ...rest } = response;
  return { ...rest, ...sessionPart(rest.session as Wanted, flash ?? undefined, request) } as AfterFlash<R>;
}

/** A response when its flash is in its session. */
export type AfterFlash<R> = R extends null | undefined ? R : Omit<R, "flash">;

type Update = (current: SessionData) => SessionData | null;
type Wanted = SessionData | Update | null | undefined;
type SessionPart = SessionResponse & { readonly [SAME_DATA]?: true };

function sessionPart(
  wanted: Wanted,
  flash: unknown,
  request: { readonly session?: object | undefined; readonly flash?: unknown },
): SessionPart {
  const shown = request.flash;
  if (typeof wanted === "function") return { session: throughFlash(wanted, flash, shown) };
  refuseFlash(wanted);
  if (wanted === undefined) return flashAlone((request.session ?? {}) as SessionData, flash, shown);
  if (flash === undefined) return { session: wanted };
  // What is logged out must not live on under its key, nor lend its data to the session that carries the flash.
  if (wanted === null) return { session: () => ({ [FLASH]: flash }), sessionRecreate: true };
  return { session: { ...wanted, [FLASH]: flash } };
}

function flashAlone(session: SessionData, flash: unknown, shown: unknown): SessionPart {
  if (flash !== undefined) return { session: { ...session, [FLASH]: flash }, [SAME_DATA]: true };
  return shown === undefined ? {} : { session, [SAME_DATA]: true };
}

/** The application's function sees no flash; one that another request has left meanwhile is kept. */
function throughFlash(update: Update, flash: unknown, shown: unknown): Update {
  return (current) => {
    const next = update(Object.freeze(omit(current, FLASH)));
    refuseFlash(next);
    if (next === null || !isPlainObject(next)) return next;
    const left = flash ?? (equal(current[FLASH], shown) ? undefined : current[FLASH]);
    return left === undefined ? next : { ...next, [FLASH]: left };
  };
}

function refuseFlash(session: unknown): void {
  if (isPlainObject(session) && Object.hasOwn(session, FLASH)) {
    throw new SessionDataError(`response.session.${FLASH} is reserved for the flash; put it in response.flash`);
  }
}
