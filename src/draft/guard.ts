/**
 * Anti-forgery for frameworks: the rules of `wrapAntiForgery`, in front of a draft instead of round a handler.
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

/** What an adapter's `antiForgery` may be told. `Input`: the framework's request. */
export interface AntiForgeryOptions<Input> extends AntiForgeryRules {
  /**
   * Reads the token of a request, where the rules ask for one. Default: the field `__anti-forgery-token` of a form that
   * the framework has parsed, else the header `X-CSRF-Token` or `X-XSRF-Token`.
   */
  readonly readToken?: ((input: Input) => Awaitable<string | null | undefined>) | undefined;
}

/** What a guard makes of one request. */
export interface GuardedRequest {
  /** What to show on the framework's request; the token is made when it is read. */
  readonly shown: AntiForgeryRequest;
  /** The response to give instead of calling the handler; undefined where the request may pass. */
  readonly refusal: Awaitable<Response | undefined>;
}

/** Guards one request. `carrier`: the object that the framework's session middleware has noted the draft on. */
export type DraftGuard<Input> = (carrier: object, input: Input, request: DraftRequest) => GuardedRequest;

/**
 * Checks options once, when a framework's middleware is built; answers what guards each request.
 *
 * @throws TypeError where an option is not as it should be; guarding throws one where there is no draft, or where it is
 *   guarded already
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

/** Shows the token on a framework's object. Not enumerable: a copy of the object must not read it, and so make a session. */
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
