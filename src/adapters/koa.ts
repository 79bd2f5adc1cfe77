/**
 * Sessions for Koa, as middleware.
 *
 * @module
 */

import { resetDraft, saveDraft, type SessionDraft, sessionDrafts, showDraft } from "../draft/draft.ts";
import { type AntiForgeryOptions, type AntiForgeryRequest, draftGuard, sentToken, showToken } from "../draft/guard.ts";
import { andThen } from "../shared/awaitable.ts";
import { withStatus } from "../http/failure.ts";
import type { Awaitable, Headers, Response, SessionData, SessionOptions } from "../types.ts";
import { beforeHead, setSavedHeaders } from "./node/hold-response.ts";
import type { NodeResponse } from "./node/messages.ts";

export type { AntiForgeryOptions, AntiForgeryRequest, SessionDraft };

/** The part of Koa's context that `session` uses. */
export interface KoaContext {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly secure: boolean;
  readonly res: NodeResponse;
  onerror(error: Error): void;
}

/**
 * A middleware that gives the context `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs` and `flash`. It
 * reads the session before the next middleware runs. It saves the session after that, or earlier if something writes
 * the head of the response.
 *
 * If the store fails, the middleware throws, with status 503. If the next middleware throws, its changes are forgotten.
 * An outer middleware may then change the session again.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import Koa from "koa";
 * import { session, type SessionDraft } from "ringlet/koa";
 *
 * const app = new Koa<Koa.DefaultState, SessionDraft<{ visits?: number }>>();
 * app.use(session());
 * app.use((ctx) => {
 *   ctx.session.visits = (ctx.session.visits ?? 0) + 1;
 *   ctx.body = `Visit number ${ctx.session.visits}`;
 * });
 * ```
 */
export function session<S extends object = SessionData>(
  options: SessionOptions<S> = {},
): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  const { open } = sessionDrafts(options);
  return async (context, next) => {
    const { method, path: uri, headers, secure, res } = context;
    const opened = await rethrowing(() => open({ method, uri, headers, scheme: secure ? "https" : "http" }));
    let saved: Headers | undefined;
    // A draft is saved once: the second call returns undefined, and the headers of the first one stay.
    const saveOnce = (): Awaitable<void> => andThen(saveDraft(opened), (answer) => void (saved = answer ?? saved));
    // The headers are set when the head is written. Koa removes all headers when it handles an error, so those set
    // earlier would be lost.
    const finish = (): Awaitable<void> => andThen(saveOnce(), () => setSavedHeaders(res, saved));
    beforeHead(res, finish, (error) => context.onerror(withStatus(error as Error)));
    showDraft(context, opened);
    try {
      await next();
    } catch (error) {
      resetDraft(opened);
      throw error;
    }
    await rethrowing(saveOnce);
  };
}

/** The part of Koa's context that `antiForgery` uses. A parser of bodies sets `request.body`. */
export interface KoaFormContext extends KoaContext {
  readonly host: string;
  readonly request: object;
  status: number;
  body: unknown;
  set(headers: Record<string, string | string[]>): void;
}

/**
 * A middleware that responds with 403 to unsafe requests that another site may have forged, and gives all other
 * contexts `antiForgeryToken`. Use it after `session()` and after the parsers of bodies. The rules are those of
 * `wrapAntiForgery`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import Koa from "koa";
 * import { antiForgery, type AntiForgeryRequest, session, type SessionDraft } from "ringlet/koa";
 *
 * const app = new Koa<Koa.DefaultState, SessionDraft & AntiForgeryRequest>();
 * app.use(session());
 * app.use(antiForgery());
 * app.use((ctx) => {
 *   ctx.body = { token: ctx.antiForgeryToken };
 * });
 * ```
 */
export function antiForgery<Context extends KoaFormContext = KoaFormContext>(
  options: AntiForgeryOptions<Context> = {},
): (context: Context, next: () => Promise<unknown>) => Promise<void> {
  const guard = draftGuard<Context>(options, ({ request }, sent) => sentToken(sent, Reflect.get(request, "body")));
  return async (context, next) => {
    const { method, path: uri, headers, secure, host } = context;
    const scheme = secure ? "https" : "http";
    const { shown, refusal } = guard(context, context, { method, uri, headers: { ...headers, host }, scheme });
    showToken(context, shown);
    const refused = await refusal;
    if (refused === undefined) await next();
    else sendRefusal(context, refused);
  };
}

function sendRefusal(context: KoaFormContext, { status = 200, headers, body = "" }: Response): void {
  context.status = status;
  context.body = body;
  context.set({ ...headers } as Record<string, string | string[]>);
}

async function rethrowing<T>(work: () => Awaitable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withStatus(error);
  }
}
