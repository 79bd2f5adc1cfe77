/**
 * Sessions for Koa: a middleware.
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

/** What of Koa's context the middleware needs. */
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
 * reads before what comes behind it, and saves after that, or where something writes the head earlier, before the head.
 * A store that fails makes it throw, with status 503. What is thrown through it makes it forget; what a middleware before
 * it does then counts.
 *
 * @throws TypeError where an option is not as it should be
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
    const saveOnce = (): Awaitable<void> => andThen(saveDraft(opened), (answer) => void (saved = answer ?? saved));
    // At the head, whoever writes it: Koa's own handling of a later error takes away all headers first.
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

/** What of Koa's context `antiForgery` needs besides; `request.body` is there behind a parser of bodies. */
export interface KoaFormContext extends KoaContext {
  readonly host: string;
  readonly request: object;
  status: number;
  body: unknown;
  set(headers: Record<string, string | string[]>): void;
}

/**
 * A middleware that answers 403 to unsafe requests that another site may have forged, and gives all others
 * `antiForgeryToken`. Use it behind `session()` and what parses bodies. The rules are those of `wrapAntiForgery`.
 *
 * @throws TypeError where an option is not as it should be
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
