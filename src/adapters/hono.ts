/**
 * Sessions in Hono 4: `c.get("session")`, `c.set("session", …)`.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { session, type SessionEnv } from "ringlet/hono";
 *
 * interface App {
 *   user?: string;
 * }
 *
 * const app = new Hono<SessionEnv<App>>();
 * app.use(session<App>());
 * app.get("/", (c) => c.text(`Hello ${c.get("session").user ?? "stranger"}`));
 * ```
 *
 * @module
 */

import type { Context, MiddlewareHandler } from "hono";
import {
  carryDraft,
  discardDraft,
  draftOf,
  DRAFT_PROPERTIES,
  saveDraft,
  sessionDrafts,
  type SessionDraft,
} from "../draft/draft.ts";
import { type AntiForgeryOptions, type AntiForgeryRequest, draftGuard, sentToken } from "../draft/guard.ts";
import { discard as discardBody } from "../http/body.ts";
import { FIELDS_OF_ONE_RESPONSE } from "../http/headers.ts";
import type { Json, SessionData, SessionOptions } from "../types.ts";
import { draftRequest, guardRequest, platformResponse, withSessionHeaders } from "./fetch/messages.ts";

export type { AntiForgeryOptions };

declare module "hono" {
  /** The values of `c.set("session", …)` besides a session. `SessionEnv` has the types of the rest. */
  interface ContextVariableMap {
    /** `null` logs out. A function is applied to the newest stored session; annotate its parameter. */
    session: null | ((current: never) => object | null);
  }
}

/**
 * The variables of a Hono application with sessions: `new Hono<SessionEnv<App>>()`. With your own types as well:
 * `new Hono<SessionEnv<App> & { Bindings: … }>()`.
 */
export interface SessionEnv<S extends object = SessionData, F = Json> {
  Variables: SessionDraft<S, F>;
}

/**
 * Middleware for Hono: `c.get` and `c.set` have `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs` and
 * `flash`. The changes of the handlers after it are saved when they are done, before the response is sent. If one
 * throws, nothing is saved.
 *
 * @throws TypeError if an option is invalid. `app.onError` gets the `SessionStoreError` of a store that fails.
 */
export function session<S extends object = SessionData, F = Json>(
  options: SessionOptions<S> = {},
): MiddlewareHandler<SessionEnv<S, F>> {
  const { open } = sessionDrafts(options);
  return async (context, next) => {
    const opened = await open(draftRequest(context.req.raw));
    carryDraft(context, opened);
    showVariables(context, draftOf<S, F>(opened), DRAFT_PROPERTIES, true);
    await next();
    if (context.error !== undefined || !context.finalized) return discardDraft(opened);
    try {
      replaceResponse(context, withSessionHeaders(context.res, await saveDraft(opened)));
    } catch (error) {
      forgetResponse(context);
      throw error;
    }
  };
}

/** The variable of a Hono application with `antiForgery`: `new Hono<SessionEnv<App> & AntiForgeryEnv>()`. */
export interface AntiForgeryEnv {
  Variables: AntiForgeryRequest;
}

/**
 * Middleware for Hono: responds with 403 to unsafe requests that another site may have forged. For all other requests
 * `c.get` has `antiForgeryToken`. Use it after `session()`. The rules are those of `wrapAntiForgery`. If the token
 * decides and no header has it, the field of a form is read by `c.req.parseBody()`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { antiForgery, type AntiForgeryEnv, session, type SessionEnv } from "ringlet/hono";
 *
 * const app = new Hono<SessionEnv & AntiForgeryEnv>();
 * app.use(session(), antiForgery());
 * app.get("/", (c) => c.text(c.get("antiForgeryToken")));
 * ```
 */
export function antiForgery(options: AntiForgeryOptions<Context> = {}): MiddlewareHandler<AntiForgeryEnv> {
  const guard = draftGuard<Context>(options, async (context, request) => sentToken(request) ?? formToken(context));
  return async (context, next) => {
    const { shown, refusal } = guard(context, context, guardRequest(context.req.raw, options.safeHeader));
    showVariables(context, shown, ["antiForgeryToken"], false);
    const refused = await refusal;
    return refused === undefined ? next() : platformResponse(refused);
  };
}

async function formToken({ req }: Context): Promise<string | undefined> {
  const type = req.header("content-type")?.toLowerCase() ?? "";
  const isForm = type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/form-data");
  if (!isForm) return undefined;
  try {
    return sentToken({ headers: {} }, await req.parseBody());
  } catch {
    // A body that is no form has no token.
    return undefined;
  }
}

/**
 * Shows properties of an object as variables of Hono. Hono's own are plain values. These are read only when they are
 * used, because reading uses up a flash. If they are not enumerable, a copy of `c.var` does not read them.
 */
function showVariables(context: Context, shown: object, words: readonly string[], enumerable: boolean): void {
  const { get, set } = context;
  // The context has a `var` of its own if another middleware has shown something before.
  const before = Object.hasOwn(context, "var") ? undefined : (Object.getPrototypeOf(context) as object);
  const own = Object.getOwnPropertyDescriptor(context, "var")?.get;
  const others = (): object => (before === undefined ? own?.() : Reflect.get(before, "var", context)) as object;
  Object.assign(context, {
    get: (name: string): unknown => (words.includes(name) ? Reflect.get(shown, name) : get(name)),
    set: (name: string, value: unknown): void => {
      if (words.includes(name)) Object.assign(shown, { [name]: value });
      else set(name, value);
    },
  });
  Object.defineProperty(context, "var", {
    configurable: true,
    get: () => Object.defineProperties(others(), accessors(shown, words, enumerable)),
  });
}

function accessors(shown: object, words: readonly string[], enumerable: boolean): PropertyDescriptorMap {
  const accessor = (word: string): PropertyDescriptor => ({
    configurable: true,
    enumerable,
    get: () => Reflect.get(shown, word) as unknown,
    set: (value: unknown) => void Reflect.set(shown, word, value),
  });
  return Object.fromEntries(words.map((word) => [word, accessor(word)]));
}

function replaceResponse(context: Context, response: globalThis.Response): void {
  if (response === context.res) return;
  // Hono merges the headers of the old response over the new one, unless there is no old one.
  context.res = undefined;
  context.res = response;
}

/**
 * Removes everything of the response but headers such as CORS. Hono merges those over the response of `app.onError`.
 */
function forgetResponse(context: Context): void {
  const { body, headers } = context.res;
  discardBody(body);
  const left = new globalThis.Headers(headers);
  for (const name of FIELDS_OF_ONE_RESPONSE) left.delete(name);
  replaceResponse(context, new globalThis.Response(null, { status: 500, headers: left }));
}
