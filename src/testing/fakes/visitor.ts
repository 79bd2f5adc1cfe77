import { checkResponse } from "../../http/response-map.ts";
import type { Awaitable, Handler, Request, Response } from "../../types.ts";
import { type CookieJar, cookieJar } from "./cookie-jar.ts";
import { type MockParts, mockRequest } from "./mock-request.ts";

/** Visitor of an application: a browser that keeps its cookies, and follows no redirect by itself. */
export interface Visitor {
  readonly jar: CookieJar;
  /**
   * Sends a request with the jar's cookies, or with the `cookie` of `more.headers`. Returns the response after its
   * cookies have been put into the jar. Rejects with a TypeError if the application returns no response.
   */
  readonly send: (method: string, target: string, more?: MockParts) => Promise<Response>;
}

/**
 * Makes a visitor of an application, without a server.
 *
 * @example
 * ```ts
 * import { wrapSession } from "ringlet";
 * import { createVisitor } from "ringlet/testing";
 *
 * const visitor = createVisitor(wrapSession(() => ({ session: { user: "Ada" } })));
 * await visitor.send("GET", "/login");
 * visitor.jar.get("ring-session");
 * ```
 */
export function createVisitor(handler: Handler, now: () => number = Date.now): Visitor {
  const jar = cookieJar(now);
  return {
    jar,
    async send(method, target, more = {}) {
      const request = mockRequest(method, target, more);
      const cookie = jar.header(request.uri, request.scheme);
      const headers = cookie === undefined ? request.headers : { cookie, ...request.headers };
      const response = await answerOf(handler({ ...request, headers }), request);
      jar.take(response);
      return response;
    },
  };
}

async function answerOf(answer: Awaitable<Response | null | undefined>, request: Request): Promise<Response> {
  const response = await answer;
  if (response) checkResponse(response);
  if (response) return response;
  throw new TypeError(`the application answered nothing to ${request.method} ${request.uri}`);
}
