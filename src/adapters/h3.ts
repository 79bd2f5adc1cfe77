/**
 * Sessions in h3 2, and so in Nitro 3: `event.context.session`.
 *
 * @example
 * ```ts
 * import { H3 } from "h3";
 * import { session } from "ringlet/h3";
 *
 * const app = new H3();
 * app.use(session());
 * ```
 *
 * @module
 */

import { saveDraft, sessionDrafts, showDraft } from "../draft/draft.ts";
import { type AntiForgeryOptions, draftGuard, sentToken, showToken } from "../draft/guard.ts";
import { discard as discardBody } from "../http/body.ts";
import { withStatus } from "../http/failure.ts";
import type { Awaitable, Headers, SessionData, SessionOptions } from "../types.ts";
import {
  addSessionHeaders,
  draftRequest,
  guardRequest,
  platformResponse,
  type ReadableHeaders,
  type ReadableRequest,
} from "./fetch/messages.ts";

export type { SessionDraft } from "../draft/draft.ts";
export type { AntiForgeryRequest } from "../draft/guard.ts";
export type { AntiForgeryOptions };

/** The part of h3's event that the middleware uses. */
export interface SessionEvent {
  readonly req: ReadableRequest;
  readonly context: object;
  readonly res: { readonly headers: globalThis.Headers; readonly errHeaders: globalThis.Headers };
}

/** Middleware in the form of h3 2. */
export type SessionMiddleware = (event: SessionEvent, next: () => unknown) => Promise<unknown>;

/**
 * Middleware for h3 2: `event.context` has `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs` and
 * `flash`. The changes of the handlers after it are saved when they are done, before the response is sent. If one
 * throws, nothing is saved. If the store fails, the middleware throws, with status 503.
 *
 * @throws TypeError if an option is invalid. `onError` gets an `HTTPError` if the store fails; its `cause` is the
 *   `SessionStoreError`.
 */
export function session<S extends object = SessionData>(options: SessionOptions<S> = {}): SessionMiddleware {
  const { open } = sessionDrafts(options);
  return async (event, next) => {
    try {
      const opened = await open(draftRequest(event.req));
      showDraft(event.context, opened);
      const answer = await next();
      // h3 takes an error that is returned for one that is thrown.
      if (!(answer instanceof Error)) addHeaders(event, answer, await releasing(answer, () => saveDraft(opened)));
      return answer;
    } catch (error) {
      throw withStatus(error);
    }
  };
}

/**
 * Middleware for h3 2: responds with 403 to unsafe requests that another site may have forged, and gives all other
 * requests `event.context.antiForgeryToken`. Use it after `session()`. The rules are those of `wrapAntiForgery`. h3
 * parses no body before its handlers, so the token is read from a header, or by `readToken`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import { H3 } from "h3";
 * import { antiForgery, session } from "ringlet/h3";
 *
 * const app = new H3();
 * app.use(session());
 * app.use(antiForgery());
 * ```
 */
export function antiForgery<Event extends SessionEvent = SessionEvent>(
  options: AntiForgeryOptions<Event> = {},
): (event: Event, next: () => unknown) => Promise<unknown> {
  const guard = draftGuard<Event>(options, (_, request) => sentToken(request));
  return async (event, next) => {
    const { shown, refusal } = guard(event.context, event, guardRequest(event.req, options.safeHeader));
    showToken(event.context, shown);
    const refused = await refusal;
    return refused === undefined ? next() : platformResponse(refused);
  };
}

/** Does some work. If it fails, the body of the prepared response is released, because it will not be sent. */
async function releasing<T>(answer: unknown, work: () => Awaitable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const body = hasProperty(answer, "body") ? answer.body : answer;
    if (hasProperty(body, "getReader")) discardBody(body as ReadableStream<Uint8Array>);
    throw error;
  }
}

/** Adds headers to a response. h3 merges `errHeaders` over errors and statuses of 400 and more, otherwise `headers`. */
function addHeaders({ res }: SessionEvent, answer: unknown, added: Headers | undefined): void {
  if (added?.["set-cookie"] === undefined) return;
  const failed = hasProperty(answer, "status") && Number(answer.status) >= 400;
  const own = hasProperty(answer, "headers") && isReadable(answer.headers) ? answer.headers : undefined;
  for (const fields of [res.headers, res.errHeaders]) {
    if (own !== undefined && (failed || fields === res.headers)) keep(own, fields);
    addSessionHeaders(fields, added);
  }
}

/** Keeps the response's own `cache-control` and `vary`, which the merged headers would replace. */
function keep(own: ReadableHeaders, fields: globalThis.Headers): void {
  for (const name of ["cache-control", "vary"]) {
    const value = own.get(name);
    if (typeof value === "string" && !fields.has(name)) fields.set(name, value);
  }
}

function hasProperty<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && name in value;
}

function isReadable(value: unknown): value is ReadableHeaders {
  return hasProperty(value, "get") && typeof value.get === "function";
}
