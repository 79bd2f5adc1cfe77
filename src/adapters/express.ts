/**
 * Sessions for Express 4 and 5, Connect, NestJS on Express, and whatever else calls `(request, response, next)`.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { session } from "ringlet/express";
 *
 * const app = express();
 * app.use(session());
 * ```
 *
 * @module
 */

import type { OutgoingHttpHeaders } from "node:http";

import {
  discardDraft,
  draftOf,
  draftOn,
  type DraftRequest,
  type OpenDraft,
  resetDraft,
  saveDraft,
  sessionDrafts,
  type SessionDraft,
  showDraft,
} from "../draft/draft.ts";
import {
  type AntiForgeryOptions,
  type AntiForgeryRequest,
  draftGuard,
  type GuardedRequest,
  sentToken,
  showToken,
} from "../draft/guard.ts";
import { andThen, isPromise } from "../shared/awaitable.ts";
import { failureResponse, statusOf, withStatus } from "../http/failure.ts";
import type { Awaitable, Json, Response, SessionData, SessionOptions } from "../types.ts";
import { beforeHead, setSavedHeaders } from "./node/hold-response.ts";
import type { NodeRequest, NodeResponse } from "./node/messages.ts";
import { isEncrypted, nodeRequest } from "./node/request.ts";
import { sendResponse } from "./node/response.ts";

export type { AntiForgeryOptions, AntiForgeryRequest, NodeRequest, NodeResponse, SessionDraft };

/** Goes on to the next middleware; with an error, to the next that handles errors. */
export type Next = (error?: unknown) => void;

/** What `session` makes: middleware, and the typed way to what it has put on a request. */
export interface SessionMiddleware<S extends object = SessionData, F = Json> {
  (request: NodeRequest, response: NodeResponse, next: Next): void;
  /**
   * The draft that this middleware has put on a request: what `request.session` and its kin read and write, where
   * `Express.Request` cannot say so, and where a request has two sessions.
   *
   * @throws TypeError where the request has not come through this middleware
   */
  readonly of: (request: object) => SessionDraft<S, F>;
}

/**
 * Middleware that gives every request `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs` and `flash`. It
 * reads before it calls `next`, and saves before the head of the response leaves. With a status of 500 or above nothing
 * is saved. A store that fails is for the application's error handling, with status 503.
 *
 * @throws TypeError where an option is not as it should be
 * @example
 * ```ts
 * import express from "express";
 * import { session, type SessionDraft } from "ringlet/express";
 *
 * interface App {
 *   user?: string;
 * }
 *
 * const app = express();
 * const sessions = session<App>();
 * app.use(sessions);
 * app.get("/", (req, res) => void res.send(`Hello ${sessions.of(req).session.user ?? "stranger"}`));
 * ```
 */
export function session<S extends object = SessionData, F = Json>(
  options: SessionOptions<S> = {},
): SessionMiddleware<S, F> {
  const { open, of } = sessionDrafts(options);
  const { cookieName = "ring-session" } = options;

  const middleware = (request: NodeRequest, response: NodeResponse, next: Next): void => {
    if (of(request) !== undefined) return next();
    const fail = errorHandler(request, response, next);
    if (isTaken(request, cookieName)) return fail(mountedTwice(cookieName));

    const begin = (opened: OpenDraft): void => {
      showDraft(request, opened);
      if (!response.headersSent) beforeHead(response, (status) => save(opened, status, response), fail);
      next();
    };
    let opened: Awaitable<OpenDraft>;
    try {
      opened = open(expressDraftRequest(request));
    } catch (error) {
      return fail(error);
    }
    if (!isPromise(opened)) return begin(opened);
    // Outside the promise, where what `next` throws would be nobody's.
    opened.then(
      (one) => process.nextTick(begin, one),
      (error: unknown) => process.nextTick(fail, error),
    );
  };

  return Object.assign(middleware, {
    of(request: object): SessionDraft<S, F> {
      const opened = of(request);
      if (opened !== undefined) return draftOf(opened);
      throw new TypeError(
        "session: the request has not come through this middleware; mount it before what asks for it",
      );
    },
  });
}

/** What `antiForgery` makes: middleware, and the typed way to the token. */
export interface AntiForgeryMiddleware {
  (request: NodeRequest, response: NodeResponse, next: Next): void;
  /**
   * What this middleware has put on a request, where `Express.Request` cannot say so.
   *
   * @throws TypeError where the request has not come through this middleware
   */
  readonly of: (request: object) => AntiForgeryRequest;
}

/**
 * Middleware that answers 403 to unsafe requests that another site may have forged, and gives all others
 * `antiForgeryToken`. Mount it behind `session()` and what parses bodies. The rules are those of `wrapAntiForgery`.
 *
 * @throws TypeError where an option is not as it should be
 * @example
 * ```ts
 * import express from "express";
 * import { antiForgery, session } from "ringlet/express";
 *
 * const app = express();
 * app.use(session(), express.urlencoded(), antiForgery());
 * ```
 */
export function antiForgery(options: AntiForgeryOptions<NodeRequest> = {}): AntiForgeryMiddleware {
  const guard = draftGuard<NodeRequest & { readonly body?: unknown }>(options, ({ body }, request) =>
    sentToken(request, body),
  );
  const tokens = new WeakMap<object, AntiForgeryRequest>();
  const middleware = (request: NodeRequest, response: NodeResponse, next: Next): void => {
    const fail = errorHandler(request, response, next);
    const answer = (refusal: Response | undefined): void => {
      if (refusal === undefined) return next();
      sendResponse(response, refusal, false).catch(fail);
    };
    let guarded: GuardedRequest;
    try {
      guarded = guard(request, request, expressGuardRequest(request));
    } catch (error) {
      return fail(error);
    }
    tokens.set(request, guarded.shown);
    showToken(request, guarded.shown);
    if (!isPromise(guarded.refusal)) return answer(guarded.refusal);
    guarded.refusal.then(
      (refusal) => process.nextTick(answer, refusal),
      (error: unknown) => process.nextTick(fail, error),
    );
  };
  return Object.assign(middleware, {
    of(request: object): AntiForgeryRequest {
      const token = tokens.get(request);
      if (token !== undefined) return token;
      throw new TypeError(
        "antiForgery: the request has not come through this middleware; mount it before what asks for it",
      );
    },
  });
}

/**
 * Forgets what was done to the sessions of a request so far, and leaves its flash unread. What is done from then on
 * counts.
 */
export function discardChanges(request: object): void {
  for (let each = draftOn(request); each !== undefined; each = each.before) resetDraft(each);
}

/**
 * Error-handling middleware: what the failed handler did to the session is forgotten, whatever status the error ends
 * in. Mount it after the routes and before what answers errors.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { discardOnError, session } from "ringlet/express";
 *
 * const app = express();
 * app.use(session());
 * app.get("/", () => {
 *   throw Object.assign(new Error("not today"), { status: 403 });
 * });
 * app.use(discardOnError);
 * ```
 */
export function discardOnError(error: unknown, request: object, _response: object, next: Next): void {
  discardChanges(request);
  next(error);
}

/** Whether another middleware has opened a session of this cookie. */
function isTaken(request: object, cookieName: string): boolean {
  for (let each = draftOn(request); each !== undefined; each = each.before) {
    if (each.config.cookie.name === cookieName) return true;
  }
  return false;
}

function mountedTwice(cookieName: string): TypeError {
  return new TypeError(
    `session: the request has a session in the cookie "${cookieName}" already; mount one middleware for both, or give one another cookieName`,
  );
}

type RequestWithProtocol = NodeRequest & { readonly protocol?: unknown };

/** What opening a session needs: its path is a guard's affair. */
function expressDraftRequest(request: RequestWithProtocol): DraftRequest {
  const { method = "GET", url: uri = "/", headers } = request;
  return { method, uri, headers, scheme: schemeOf(request) };
}

function expressGuardRequest(request: RequestWithProtocol): DraftRequest {
  return { ...nodeRequest(request), scheme: schemeOf(request) };
}

/** Express knows whose `X-Forwarded-Proto` to believe; elsewhere the socket knows. */
function schemeOf(request: RequestWithProtocol): "http" | "https" {
  const { protocol } = request;
  if (typeof protocol === "string") return protocol === "https" ? "https" : "http";
  return isEncrypted(request) ? "https" : "http";
}

function save(opened: OpenDraft, status: number, response: NodeResponse): Awaitable<void> {
  // No hook tells of a handler that failed: Express hands the error to handlers that answer like any other.
  if (status >= 500) return discardDraft(opened);
  return andThen(saveDraft(opened), (saved) => setSavedHeaders(response, saved));
}

/** What to do with an error: nothing of the answer that was ready is left, and the next handler of errors is called. */
function errorHandler(request: NodeRequest, response: NodeResponse, next: Next): (error: unknown) => void {
  const before = response.getHeaders();
  return (error) => {
    if (!response.headersSent) {
      restoreHeaders(response, before);
      response.statusCode = statusOf(error);
      if (request.httpVersionMajor < 2) response.statusMessage = "";
    }
    if (hearsErrors(request, next)) return next(withStatus(error));
    if (response.headersSent) return void response.destroy();
    void sendResponse(response, failureResponse(error), request.method === "HEAD");
  };
}

function restoreHeaders(response: NodeResponse, before: OutgoingHttpHeaders): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  for (const [name, value] of Object.entries(before)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** Frameworks note `originalUrl`, however their `next` is wrapped. Without one, a callback that wants no error is a handler. */
function hearsErrors(request: NodeRequest, next: Next): boolean {
  return next.length > 0 || "originalUrl" in request;
}
