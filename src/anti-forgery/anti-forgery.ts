/**
 * Guard against forged requests: those that a page of another site makes a visitor's browser send. After
 * `ring-anti-forgery`. Two headers that browsers set by themselves are checked before the token.
 *
 *     Sec-Fetch-Site ─▶ Origin ─▶ the token, in front of every method but GET, HEAD and OPTIONS
 *
 * It needs only request and response maps: `wrapSession(wrapFlash(wrapAntiForgery(handler)))`.
 *
 * @module
 */

import { type AntiForgeryRules, antiForgeryOf, FIELD, sentToken } from "./rules.ts";
import { inSession } from "./session-strategy.ts";
import type { AntiForgeryRequest, AntiForgeryStrategy, StrategyRequest, StrategyResponse } from "./strategy.ts";
import { andThen } from "../shared/awaitable.ts";
import { checkFunction, checkHandler } from "../shared/options.ts";
import { LAZY } from "../http/request-map.ts";
import type { AllowedOrder, DemandedSession } from "../data/order.ts";
import type {
  Awaitable,
  CookiesResponse,
  FlashResponse,
  Handler,
  Request,
  Response,
  SessionData,
  SessionRequest,
  SessionResponse,
} from "../types.ts";

export type { AntiForgeryRefusal, AntiForgeryRules } from "./rules.ts";
export type { AntiForgeryRequest, AntiForgeryStrategy, StrategyRequest, StrategyResponse } from "./strategy.ts";
export { signedDoubleSubmit, type SignedDoubleSubmitOptions } from "./signed-double-submit.ts";

/** Options of `wrapAntiForgery`. */
export interface AntiForgeryOptions<Req extends Request = Request, Res = Response> extends AntiForgeryRules {
  /**
   * Reads the token of a request. Default: the field `__anti-forgery-token` of `formParams` or `multipartParams`.
   * Without that field: the header `X-CSRF-Token` or `X-XSRF-Token`.
   */
  readonly readToken?: ((request: Req) => Awaitable<string | null | undefined>) | undefined;
  /** Handles a refused request, instead of `errorResponse`. It gets the same request as the handler. */
  readonly errorHandler?: Handler<Req & AntiForgeryRequest, Res> | undefined;
}

/**
 * Middleware that refuses unsafe requests that another site may have forged, and puts `antiForgeryToken` on all others.
 * A refused request gets a 403, and the handler is not called. `onRefused` is called with the reason.
 *
 * When the handler reads the token, its secret is in the session that is stored, however the handler changes the
 * session. `sessionRecreate` gives the session a new secret. `null` deletes it with the session. After Ring's
 * `wrap-anti-forgery`.
 *
 * @example
 * ```ts
 * import { antiForgeryField, wrapAntiForgery, wrapSession } from "ringlet";
 *
 * const app = wrapSession(
 *   wrapAntiForgery((request) => ({
 *     headers: { "content-type": "text/html; charset=utf-8" },
 *     body: `<form method="post">${antiForgeryField(request)}<button>Save</button></form>`,
 *   })),
 * );
 * ```
 * @throws TypeError if an option is invalid; at each request, if the handler is wrapped twice
 */
export function wrapAntiForgery<S extends object = SessionData, Req extends Request = Request>(
  handler: Handler<Req & SessionRequest<S> & AntiForgeryRequest, HandlerResponse<NoInfer<S>>>,
  options: AntiForgeryOptions<NoInfer<Req> & SessionRequest<NoInfer<S>>, HandlerResponse<NoInfer<S>>> = {},
): Handler<Omit<Req, keyof AntiForgeryRequest> & Request & SessionRequest<DemandedSession<S>>, AllowedResponse<S>> {
  checkHandler("wrapAntiForgery", handler);
  const guard = antiForgeryOf("wrapAntiForgery", options, ["readToken", "errorHandler"]);
  const { readToken = defaultToken, errorHandler, errorResponse } = options;
  checkFunction("wrapAntiForgery", "readToken", readToken);
  checkFunction("wrapAntiForgery", "errorHandler", errorHandler);
  if (errorHandler !== undefined && errorResponse !== undefined) {
    throw new TypeError("wrapAntiForgery: errorResponse and errorHandler are both given; leave one out");
  }
  const { strategy, refused } = guard;
  const refuse = (errorHandler ?? (() => refused)) as typeof handler;
  type Inner = Req & SessionRequest<S> & AntiForgeryRequest;
  return (given) => {
    const request = given as StrategyRequest;
    const { inner, shownToken } = withToken(strategy, request);
    return andThen(
      guard.refuses(request, () => readToken(given as unknown as Inner)),
      (forged) =>
        andThen((forged ? refuse : handler)(inner as unknown as Inner), (response) =>
          response === null || response === undefined
            ? response
            : strategy.writeToken(request, response as unknown as StrategyResponse, shownToken()),
        ),
    ) as Awaitable<AllowedResponse<S> | null | undefined>;
  };
}

/**
 * Strategy that keeps the secret of the tokens in the session, under the key `ringlet/anti-forgery-token`. Handlers
 * behind the middleware do not see that key and may not set it. This is the default. After Ring's session strategy.
 */
export function sessionStrategy(): AntiForgeryStrategy {
  return inSession;
}

/** Returns the hidden field of a form: `<input type="hidden" name="__anti-forgery-token" value="…">`. Ring's `anti-forgery-field`. */
export function antiForgeryField({ antiForgeryToken }: AntiForgeryRequest): string {
  return `<input type="hidden" name="${FIELD}" value="${escaped(antiForgeryToken)}">`;
}

/** A response of the wrapped handler. */
type HandlerResponse<S extends object> = Response & CookiesResponse & SessionResponse<S> & FlashResponse<unknown>;

/** A response that the middleware allows. */
type AllowedResponse<S extends object> = Response & CookiesResponse & FlashResponse<never> & AllowedOrder<S>;

function defaultToken(request: Request & { readonly formParams?: unknown; readonly multipartParams?: unknown }) {
  return sentToken(request, request.formParams, request.multipartParams);
}

/** Returns the request for the wrapped handler, and a function that returns the token that was read from it so far. */
function withToken(
  strategy: AntiForgeryStrategy,
  request: StrategyRequest & { readonly [LAZY]?: boolean },
): { readonly inner: StrategyRequest & AntiForgeryRequest; readonly shownToken: () => string | undefined } {
  if (request[LAZY] === true) {
    throw new TypeError("wrapAntiForgery: another one is round this one already; leave one of them out");
  }
  let token: string | undefined;
  const inner = Object.defineProperty(
    { ...(strategy.hideToken?.(request) ?? request), [LAZY]: true },
    "antiForgeryToken",
    { enumerable: true, configurable: true, get: () => (token ??= strategy.getToken(request)) },
  );
  return { inner: inner as typeof inner & AntiForgeryRequest, shownToken: () => token };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
