/**
 * Sessions for Fastify, as a plugin.
 *
 * @module
 */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";

import {
  DRAFT_ACCESSORS,
  carryDraft,
  discardDraft,
  draftOn,
  type OpenDraft,
  resetDraft,
  saveDraft,
  sessionDrafts,
  type SessionDraft,
} from "../draft/draft.ts";
import { type AntiForgeryOptions, type AntiForgeryRequest, draftGuard, sentToken } from "../draft/guard.ts";
import { andThen, isPromise } from "../shared/awaitable.ts";
import { discard } from "../http/body.ts";
import { FIELDS_OF_ONE_RESPONSE } from "../http/headers.ts";
import { statusOf, withStatus } from "../http/failure.ts";
import { savedHeaders } from "../draft/saved-headers.ts";
import type {
  Awaitable,
  Headers,
  Response as RefusedResponse,
  ResponseBody,
  SessionData,
  SessionOptions,
} from "../types.ts";
import { withSessionHeaders } from "./fetch/messages.ts";
import { beforeHead, setSavedHeaders } from "./node/hold-response.ts";

export type { AntiForgeryOptions, AntiForgeryRequest, SessionDraft };

/**
 * A plugin that gives every request of the application `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs`
 * and `flash`. It is not encapsulated: register it once, at the root.
 *
 * It reads the session in `onRequest` and saves it in `onSend`. If that fails, the error handler of the application
 * gets the error, with status 503 for a store. The changes of a handler that throws are forgotten; those of an error
 * handler count. If something else responds to a failure, as Nest's filters do, nothing is saved with a status of 500
 * or above. For other statuses call `discardChanges`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import fastify from "fastify";
 * import { session } from "ringlet/fastify";
 *
 * const app = fastify();
 * await app.register(session({ timeout: { idle: 3600 } }));
 * ```
 */
export function session<S extends object = SessionData>(options: SessionOptions<S> = {}): FastifyPluginAsync {
  const { open, of } = sessionDrafts(options);
  const failed = new WeakSet<FastifyRequest>();
  const plugin: FastifyPluginAsync = async (app) => {
    for (const [word, accessor] of DRAFT_ACCESSORS) app.decorateRequest(word, guarded(word, accessor));
    // With callbacks, because a promise for each hook costs more than reading a session from memory.
    app.addHook("onRequest", (request, reply, done) => {
      const { method, url: uri, headers, protocol: scheme } = request;
      whenDone(
        () => open({ method, uri, headers, scheme }),
        (opened) => {
          carryDraft(request, opened);
          saveWhenHijacked(opened, reply);
          done();
        },
        (error) => done(failReply(reply, undefined, error)),
      );
    });
    app.addHook("onError", (request, _reply, _error, done) => {
      discardChanges(request);
      failed.add(request);
      done();
    });
    app.addHook("onSend", (request, reply, payload: unknown, done: (error: unknown, payload?: unknown) => void) => {
      const opened = of(request);
      if (opened === undefined) return done(null, payload);
      const status = payload instanceof Response ? payload.status : reply.statusCode;
      if (status >= 500 && !failed.has(request)) discardDraft(opened);
      whenDone(
        () => saveDraft(opened),
        (saved) => done(null, withSaved(reply, payload, saved)),
        (error) => done(failReply(reply, payload, error)),
      );
    });
  };
  return Object.assign(plugin, notEncapsulated("ringlet"));
}

/**
 * A plugin that responds with 403 to unsafe requests that another site may have forged, before they are validated. All
 * other requests get `antiForgeryToken`. Register it after `session()`, at the root or in the plugin whose routes it is
 * for. The rules are those of `wrapAntiForgery`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import fastify from "fastify";
 * import { antiForgery, session } from "ringlet/fastify";
 *
 * const app = fastify();
 * await app.register(session());
 * await app.register(antiForgery({ trustedOrigins: ["https://admin.example.com"] }));
 * ```
 */
export function antiForgery(options: AntiForgeryOptions<FastifyRequest> = {}): FastifyPluginAsync {
  const guard = draftGuard<FastifyRequest>(options, ({ body }, request) => sentToken(request, body));
  const tokens = new WeakMap<FastifyRequest, AntiForgeryRequest>();
  const plugin: FastifyPluginAsync = async (app) => {
    const getter = function (this: FastifyRequest): string {
      const token = tokens.get(this);
      if (token !== undefined) return token.antiForgeryToken;
      throw new TypeError("request.antiForgeryToken is not there yet; it is from preValidation on");
    };
    app.decorateRequest("antiForgeryToken" as string, { getter });
    app.addHook("preValidation", async (request, reply) => {
      const { method, url: uri, protocol: scheme, host } = request;
      const { shown, refusal } = guard(request, request, {
        method,
        uri,
        headers: { ...request.headers, host },
        scheme,
      });
      tokens.set(request, shown);
      const refused = await refusal;
      return refused && refuse(reply, refused);
    });
  };
  return Object.assign(plugin, notEncapsulated("ringlet-anti-forgery"));
}

function refuse(reply: FastifyReply, { status = 200, headers = {}, body = "" }: RefusedResponse): FastifyReply {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  return reply.code(status).send(body);
}

/**
 * Forgets all changes to the session of a request so far, and leaves its flash unread. Later changes count. Call it if
 * something responds to a failure of which Fastify does not hear.
 */
export function discardChanges(request: object): void {
  const opened = draftOn(request);
  if (opened !== undefined) resetDraft(opened);
}

/** Returns the marks that the package fastify-plugin puts on a plugin. */
function notEncapsulated(name: string): object {
  return {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: name,
    [Symbol.for("plugin-meta")]: { name, fastify: "5.x" },
  };
}

/** Returns an accessor in Fastify's form. It throws if the request has no draft yet. */
function guarded(word: string, { get, set }: PropertyDescriptor): { getter: () => unknown } {
  const check = (request: object): void => {
    if (draftOn(request) !== undefined) return;
    throw new TypeError(`request.${word} is not there yet; register session() before what asks for it`);
  };
  const setter = function (this: object, value: unknown): void {
    check(this);
    set?.call(this, value);
  };
  return {
    getter(this: object) {
      check(this);
      return get?.call(this) as unknown;
    },
    ...(set !== undefined && { setter }),
  };
}

/** Calls `then` with the result of some work, at once if it is no promise. */
function whenDone<T>(work: () => Awaitable<T>, then: (answer: T) => void, failed: (error: unknown) => void): void {
  let answer: Awaitable<T>;
  try {
    answer = work();
  } catch (error) {
    return failed(error);
  }
  if (isPromise(answer)) answer.then(then, failed);
  else then(answer);
}

function failReply(reply: FastifyReply, payload: unknown, error: unknown): Error {
  withdraw(reply, payload);
  reply.code(statusOf(error));
  return withStatus(error) as Error;
}

/** Adds the headers of a saved session to a reply. Returns the payload; a `Response` has the headers itself. */
function withSaved(reply: FastifyReply, payload: unknown, saved: Headers | undefined): unknown {
  if (payload instanceof Response) return withSessionHeaders(payload, saved);
  for (const [name, value] of savedHeaders(saved, (field) => reply.getHeader(field))) {
    // Fastify would add to cookies that are there.
    if (reply.hasHeader(name)) reply.removeHeader(name);
    reply.header(name, value);
  }
  return payload;
}

/** Saves the session before the head of a hijacked reply is sent, because `onSend` does not run for such a reply. */
function saveWhenHijacked(opened: OpenDraft, reply: FastifyReply): void {
  const { hijack } = reply;
  reply.hijack = () => {
    beforeHead(
      reply.raw,
      () => saveRaw(opened, reply),
      (error) => failRaw(reply, error),
    );
    return hijack.call(reply);
  };
}

function saveRaw(opened: OpenDraft, { raw }: FastifyReply): Awaitable<void> {
  return andThen(saveDraft(opened), (saved) => setSavedHeaders(raw, saved));
}

function failRaw(reply: FastifyReply, error: unknown): void {
  reply.log.error(error);
  for (const name of FIELDS_OF_ONE_RESPONSE) reply.raw.removeHeader(name);
  reply.raw.writeHead(statusOf(error)).end();
}

/** Removes everything that belongs to the prepared reply alone. */
function withdraw(reply: FastifyReply, payload: unknown): void {
  for (const name of FIELDS_OF_ONE_RESPONSE) reply.removeHeader(name);
  discard((payload instanceof Response ? payload.body : payload) as ResponseBody | undefined);
}
