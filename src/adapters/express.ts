/**
 * Sessions for Express 4 and 5, Connect, NestJS on Express, and everything else that calls `(request, response, next)`.
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

/** Calls the next middleware. With an error, it calls the next one that handles errors. */
export type Next = (error?: unknown) => void;

/** Result of `session`: middleware, and typed access to what it has put on a request. */
export interface SessionMiddleware<S extends object = SessionData, F = Json> {
  (request: NodeRequest, response: NodeResponse, next: Next): void;
  /**
   * Returns the draft that this middleware has put on a request. Its properties are those of the request, such as
   * `request.session`. Use it if `Express.Request` has not their types, or if a request has two sessions.
   *
   * @throws TypeError if the request has not passed this middleware
   */
  readonly of: (request: object) => SessionDraft<S, F>;
}

/**
 * Middleware that gives every request `session`, `sessionKey`, `sessionRecreate`, `sessionCookieAttrs` and `flash`. It
 * reads the session before it calls `next`, and saves it before the head of the response is sent. With a status of 500
 * or above nothing is saved. If the store fails, the application's error handling gets the error, with status 503.
 *
 * @throws TypeError if an option is invalid
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
    // Outside the promise, in which nobody would get the errors that `next` throws.
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

/** Result of `antiForgery`: middleware, and typed access to the token. */
export interface AntiForgeryMiddleware {
  (request: NodeRequest, response: NodeResponse, next: Next): void;
  /**
   * Returns the property that this middleware has put on a request. Use it if `Express.Request` has not its type.
   *
   * @throws TypeError if the request has not passed this middleware
   */
  readonly of: (request: object) => AntiForgeryRequest;
}

/**
 * Middleware that responds with 403 to unsafe requests that another site may have forged, and gives all other requests
 * `antiForgeryToken`. Mount it after `session()` and after the parsers of bodies. The rules are those of
 * `wrapAntiForgery`.
 *
 * @throws TypeError if an option is invalid
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
 * Forgets all changes to the sessions of a request so far, and leaves its flash unread. Later changes count.
 */
export function discardChanges(request: object): void {
  for (let each = draftOn(request); each !== undefined; each = each.before) resetDraft(each);
}

/**
 * Error-handling middleware that forgets the failed handler's changes to the session, whatever the status of the
 * response. Mount it after the routes, and before the middleware that responds to errors.
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

/** Whether another middleware has opened a session of the same cookie. */
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

/** Returns the part of a request that opening a session needs. Only a guard needs the exact path. */
function expressDraftRequest(request: RequestWithProtocol): DraftRequest {
  const { method = "GET", url: uri = "/", headers } = request;
  return { method, uri, headers, scheme: schemeOf(request) };
}

function expressGuardRequest(request: RequestWithProtocol): DraftRequest {
  return { ...nodeRequest(request), scheme: schemeOf(request) };
}

/** Returns the scheme. Express knows which proxies to trust for it; in other frameworks the socket decides. */
function schemeOf(request: RequestWithProtocol): "http" | "https" {
  const { protocol } = request;
  if (typeof protocol === "string") return protocol === "https" ? "https" : "http";
  return isEncrypted(request) ? "https" : "http";
}

function save(opened: OpenDraft, status: number, response: NodeResponse): Awaitable<void> {
  // No hook reports a handler that failed: Express passes the error to handlers that respond like any other.
  if (status >= 500) return discardDraft(opened);
  return andThen(saveDraft(opened), (saved) => setSavedHeaders(response, saved));
}

/**
 * Returns a function for errors. It removes everything of the prepared response, and calls the next handler of errors.
 */
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

/**
 * Whether `next` accepts an error. In a framework it does: frameworks set `originalUrl`, even if their `next` is
 * wrapped. Otherwise a callback without a parameter is a handler, and not a `next`.
 */
function hearsErrors(request: NodeRequest, next: Next): boolean {
  return next.length > 0 || "originalUrl" in request;
}
