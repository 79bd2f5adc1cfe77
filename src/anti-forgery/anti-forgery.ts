/**
 * A guard against forged requests: what a page of another site makes a visitor's browser send. After
 * `ring-anti-forgery`, with what browsers say by themselves before the token.
 *
 *     Sec-Fetch-Site ─▶ Origin ─▶ the token, in front of every method but GET, HEAD and OPTIONS
 *
 * It works on the maps alone: `wrapSession(wrapFlash(wrapAntiForgery(handler)))`.
 *
 * @module
 */

import { type AntiForgeryRules, antiForgeryOf, checkFunction, FIELD, sentToken } from "./rules.ts";
import { inSession } from "./session-strategy.ts";
import type { AntiForgeryRequest, AntiForgeryStrategy, StrategyRequest, StrategyResponse } from "./strategy.ts";
import { andThen } from "../shared/awaitable.ts";
import { checkHandler } from "../shared/options.ts";
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

/** What `wrapAntiForgery` may be told. */
export interface AntiForgeryOptions<Req extends Request = Request, Res = Response> extends AntiForgeryRules {
  /**
   * Reads the token of a request. Default: the field `__anti-forgery-token` of `formParams` or `multipartParams`, else
   * the header `X-CSRF-Token` or `X-XSRF-Token`.
   */
  readonly readToken?: ((request: Req) => Awaitable<string | null | undefined>) | undefined;
  /** Answers what is refused, in the place of `errorResponse`. It gets the request as the handler would have. */
  readonly errorHandler?: Handler<Req & AntiForgeryRequest, Res> | undefined;
}

/**
 * Middleware: refuses unsafe requests that another site may have forged, and puts `antiForgeryToken` on all others.
 * What is refused is answered with 403, and the handler is not called; `onRefused` hears why.
 *
 * A token that was read is in the session when the response goes out, however the handler changes that; a
 * `sessionRecreate` gives it a new one; `null` takes it away. After Ring's `wrap-anti-forgery`.
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
 * @throws TypeError where an option is not as it should be; with each request, where it is put round a handler twice
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
 * Keeps the token in the session, under the key `ringlet/anti-forgery-token`, which handlers behind the middleware
 * neither see nor may set. The default. After Ring's session strategy.
 */
export function sessionStrategy(): AntiForgeryStrategy {
  return inSession;
}

/** The hidden field of a form: `<input type="hidden" name="__anti-forgery-token" value="…">`. Ring's `anti-forgery-field`. */
export function antiForgeryField({ antiForgeryToken }: AntiForgeryRequest): string {
  return `<input type="hidden" name="${FIELD}" value="${escaped(antiForgeryToken)}">`;
}

/** What a handler inside may say. */
type HandlerResponse<S extends object> = Response & CookiesResponse & SessionResponse<S> & FlashResponse<unknown>;

/** What the middleware lets a response say. */
type AllowedResponse<S extends object> = Response & CookiesResponse & FlashResponse<never> & AllowedOrder<S>;

function defaultToken(request: Request & { readonly formParams?: unknown; readonly multipartParams?: unknown }) {
  return sentToken(request, request.formParams, request.multipartParams);
}

/** The request as handlers see it, and the token that was read from it so far. */
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
