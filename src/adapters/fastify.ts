/**
 * Sessions for Fastify: a plugin.
 *
 * @module
 */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";

import { type OpenDraft, sessionDrafts, type SessionDraft } from "../draft.ts";
import { type AntiForgeryOptions, carryDraft, draftGuard } from "../draft-guard.ts";
import { type AntiForgeryRequest, sentToken } from "../internal/anti-forgery.ts";
import { discard } from "../internal/body-source.ts";
import { statusOf, withStatus } from "../internal/store-status.ts";
import { savedHeaders } from "../internal/saved-headers.ts";
import type { Response as RefusedResponse, ResponseBody, SessionData, SessionOptions } from "../types.ts";
import { withSessionHeaders } from "./fetch-response.ts";
import { beforeHead } from "./node-head.ts";

export type { AntiForgeryOptions, AntiForgeryRequest, SessionDraft };

/**
 * A plugin that gives every request of the application `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs`
 * and `flash`. It is not encapsulated: register it once, at the root. It reads in `onRequest` and saves in `onSend`;
 * where that fails, the error goes to the error handler of the application, with status 503 for a store. What a handler
 * that throws has done is forgotten; what an error handler does counts. Where somebody else answers for a failure
 * (Nest's filters do), nothing is saved with a status of 500 or above, and `discardChanges` is exact for the others.
 *
 * @throws TypeError where an option is not as it should be
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
  const open = sessionDrafts<S>(options);
  const drafts: Drafts = new WeakMap();
  const failed = new WeakSet<FastifyRequest>();
  const plugin: FastifyPluginAsync = async (app) => {
    for (const word of WORDS) app.decorateRequest(word as string, accessor(drafts, word));
    app.addHook("onRequest", async (request, reply) => {
      const { method, url: uri, headers, protocol: scheme } = request;
      const one = await orFail(reply, undefined, async () => open({ method, uri, headers, scheme }));
      drafts.set(request, one);
      carryDraft(request, one);
      opened.set(request, one);
      saveWhenHijacked(drafts, request, reply);
    });
    app.addHook("onError", async (request) => {
      discardChanges(request);
      failed.add(request);
    });
    app.addHook("onSend", async (request, reply, payload) => {
      const status = payload instanceof Response ? payload.status : reply.statusCode;
      if (status >= 500 && !failed.has(request)) drafts.get(request)?.discard();
      const saved = await orFail(reply, payload, async () => drafts.get(request)?.save());
      // Its headers go over those of the reply.
      if (payload instanceof Response) return withSessionHeaders(payload, saved);
      for (const [name, value] of savedHeaders(saved, (field) => reply.getHeader(field))) {
        // Fastify would add to cookies that are there.
        reply.removeHeader(name).header(name, value);
      }
      return payload;
    });
  };
  return Object.assign(plugin, notEncapsulated("ringlet"));
}

/**
 * A plugin that answers 403 to unsafe requests that another site may have forged, before they are validated, and gives
 * all others `antiForgeryToken`. Register it behind `session()`, at the root or in the plugin whose routes it is for. The
 * rules are those of `wrapAntiForgery`.
 *
 * @throws TypeError where an option is not as it should be
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
 * Forgets what was done to the session of a request so far, and leaves its flash unread. What is done from then on
 * counts. For what answers for a failure that Fastify does not hear of.
 */
export function discardChanges(request: object): void {
  opened.get(request)?.reset();
}

const opened = new WeakMap<object, Pick<OpenDraft, "reset">>();

type Drafts = WeakMap<FastifyRequest, Pick<OpenDraft<never>, "save" | "discard"> & { readonly draft: object }>;

const WORDS = ["session", "sessionKey", "sessionRecreate", "sessionCookieAttrs", "flash"] as const;

/** What the package fastify-plugin would write on a plugin. */
function notEncapsulated(name: string): object {
  return {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: name,
    [Symbol.for("plugin-meta")]: { name, fastify: "5.x" },
  };
}

interface Accessor {
  getter(this: FastifyRequest): unknown;
  setter(this: FastifyRequest, value: unknown): void;
}

function accessor(drafts: Drafts, word: keyof SessionDraft): Accessor {
  const draftOf = (request: FastifyRequest): object => {
    const open = drafts.get(request);
    if (open !== undefined) return open.draft;
    throw new TypeError(`request.${word} is not there yet; register session() before what asks for it`);
  };
  return {
    getter() {
      return Reflect.get(draftOf(this), word) as unknown;
    },
    setter(value) {
      Reflect.set(draftOf(this), word, value);
    },
  };
}

async function orFail<T>(reply: FastifyReply, payload: unknown, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    withdraw(reply, payload);
    reply.code(statusOf(error));
    throw withStatus(error);
  }
}

/** `onSend` does not run for a reply that is hijacked: whoever writes the head then, the session is saved before. */
function saveWhenHijacked(drafts: Drafts, request: FastifyRequest, reply: FastifyReply): void {
  const { hijack, raw } = reply;
  const save = async (): Promise<void> => {
    const saved = await drafts.get(request)?.save();
    for (const [name, value] of savedHeaders(saved, (field) => raw.getHeader(field))) raw.setHeader(name, value);
  };
  const failed = (error: unknown): void => {
    reply.log.error(error);
    withdraw(reply, undefined);
    raw.writeHead(statusOf(error)).end();
  };
  reply.hijack = () => {
    beforeHead(raw, save, failed);
    return hijack.call(reply);
  };
}

/** What only the answer that was ready would say: its cookies, its place, its representation. */
const OF_THE_ANSWER = [
  "set-cookie",
  "location",
  "cache-control",
  "expires",
  "etag",
  "last-modified",
  "accept-ranges",
  "content-range",
  "content-encoding",
  "content-disposition",
];

function withdraw(reply: FastifyReply, payload: unknown): void {
  for (const name of OF_THE_ANSWER) reply.removeHeader(name);
  discard((payload instanceof Response ? payload.body : payload) as ResponseBody | undefined);
}
