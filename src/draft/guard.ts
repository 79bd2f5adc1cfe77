/**
 * Anti-forgery for frameworks: the rules of `wrapAntiForgery`, before a draft instead of around a handler.
 *
 * @module
 */

import { draftOn, type DraftRequest, type OpenDraft, requestWithFlash } from "./draft.ts";
import { type AntiForgeryRules, antiForgeryOf } from "../anti-forgery/rules.ts";
import { checkFunction } from "../shared/options.ts";
import type { AntiForgeryRequest, StrategyRequest, StrategyResponse } from "../anti-forgery/strategy.ts";
import { andThen } from "../shared/awaitable.ts";
import type { Awaitable, Response } from "../types.ts";

export { sentToken } from "../anti-forgery/rules.ts";
export type { AntiForgeryRequest } from "../anti-forgery/strategy.ts";

/** Options of an adapter's `antiForgery`. `Input` is the framework's request. */
export interface AntiForgeryOptions<Input> extends AntiForgeryRules {
  /**
   * Reads the token of a request. It is called only if the rules ask for a token. Default: reads the field
   * `__anti-forgery-token` of a form that the framework has parsed, otherwise the header `X-CSRF-Token` or
   * `X-XSRF-Token`.
   */
  readonly readToken?: ((input: Input) => Awaitable<string | null | undefined>) | undefined;
}

/** Result of a guard for one request. */
export interface GuardedRequest {
  /** The property to show on the framework's request. The token is made when it is read. */
  readonly shown: AntiForgeryRequest;
  /** The response to a refused request, whose handler is not called; undefined if the request may pass. */
  readonly refusal: Awaitable<Response | undefined>;
}

/** Guards one request. `carrier` is the object on which the framework's session middleware has put the draft. */
export type DraftGuard<Input> = (carrier: object, input: Input, request: DraftRequest) => GuardedRequest;

/**
 * Checks options once, when a framework's middleware is built. Returns the function that guards each request.
 *
 * @throws TypeError if an option is invalid. Guarding throws a TypeError if there is no draft, or if the draft is
 *   guarded already.
 */
export function draftGuard<Input>(
  options: AntiForgeryOptions<Input>,
  fromInput: (input: Input, request: DraftRequest) => Awaitable<string | undefined>,
): DraftGuard<Input> {
  const { strategy, refused, refuses } = antiForgeryOf("antiForgery", options, ["readToken"]);
  const { readToken } = options;
  checkFunction("antiForgery", "readToken", readToken);
  return (carrier, input, { method, uri, headers, scheme }) => {
    const draft = unguarded(carrier);
    const request: StrategyRequest = { ...requestWithFlash(draft), method, uri, headers, scheme };
    let token: string | undefined;
    draft.write = (response) => strategy.writeToken(request, response as StrategyResponse, token) as never;
    const forged = refuses(request, () => (readToken === undefined ? fromInput(input, request) : readToken(input)));
    return {
      shown: readingToken(() => (token ??= strategy.getToken(request))),
      refusal: andThen(forged, (is) => (is ? refused : undefined)),
    };
  };
}

/**
 * Shows the token on a framework's object. The property is not enumerable, so that `{ ...request }` does not read it.
 * Reading it would make a session.
 */
export function showToken(carrier: object, shown: AntiForgeryRequest): void {
  Object.defineProperties(carrier, Object.getOwnPropertyDescriptors(shown));
}

function readingToken(get: () => string): AntiForgeryRequest {
  return Object.defineProperty({}, "antiForgeryToken", { get, configurable: true }) as AntiForgeryRequest;
}

function unguarded(carrier: object): OpenDraft {
  const draft = draftOn(carrier);
  if (draft === undefined) throw new TypeError("antiForgery: the request has no session; mount session() before it");
  if (draft.write === undefined) return draft;
  throw new TypeError("antiForgery: the request has been through one already; mount it once");
}
