/**
 * For tests, ours and other people's: the laws that every store and every adapter obeys, requests without a server, a
 * clock to turn by hand, and a browser's share of cookies. No test runner is assumed.
 *
 * @module
 */

import { type CookieJar, cookieJar } from "./fakes/cookie-jar.ts";
import { checkResponse } from "../http/response-map.ts";
import type { Awaitable, Handler, Request, Response } from "../types.ts";

export type { AdapterLaw, RunningAdapter, ServeAdapter } from "./adapter-laws/law.ts";
export {
  type AdapterApplication,
  adapterApplication,
  type ScriptAnswer,
  type ScriptDraft,
  type ScriptRequest,
} from "./adapter-laws/application.ts";
export { adapterLaws } from "./adapter-laws/adapter-laws.ts";
export { type CookieJar, cookieJar };
export type { StoreBreakdown, StoreHarness, StoreLaw } from "./store-laws/law.ts";
export { storeLaws } from "./store-laws/store-laws.ts";

/** A clock that stands still until it is moved. */
export interface FakeClock {
  /** Milliseconds since 1970: what the option `now` wants. */
  readonly now: () => number;
  /** Moves it on by seconds, or back. */
  readonly advance: (seconds: number) => void;
}

/**
 * Makes a clock for the option `now`. Default start: 14 November 2023.
 *
 * @example
 * ```ts
 * import { wrapSession } from "ringlet";
 * import { fakeClock } from "ringlet/testing";
 *
 * const clock = fakeClock();
 * const app = wrapSession(() => ({ body: "Hello" }), { now: clock.now });
 * clock.advance(31 * 60);
 * ```
 */
export function fakeClock(start: number = 1_700_000_000_000): FakeClock {
  let time = start;
  return {
    now: () => time,
    advance(seconds) {
      time += seconds * 1000;
    },
  };
}

/**
 * A request as a server would make it: `mockRequest("GET", "/cart?full=1", { scheme: "https" })`. What is in `more` is
 * put over the rest. After ring-mock's `request`.
 */
export function mockRequest(method: string, target: string, more: MockParts = {}): Request {
  const { body, ...rest } = more;
  const [uri = "", ...query] = target.split("?");
  return {
    method: method.toUpperCase(),
    uri: uri === "" ? "/" : uri,
    ...(query.length > 0 ? { queryString: query.join("?") } : {}),
    headers: { host: "localhost" },
    scheme: "http",
    serverName: "localhost",
    serverPort: more.scheme === "https" ? 443 : 80,
    remoteAddr: "127.0.0.1",
    protocol: "HTTP/1.1",
    ...rest,
    ...(body === undefined ? {} : { body: typeof body === "string" ? new Blob([body]).stream() : body }),
  };
}

/** What a request is to have of its own; a body may be text. */
export type MockParts = Partial<Omit<Request, "body">> & { readonly body?: Request["body"] | string };

/** A visitor of an application: a browser that keeps its cookies and follows nothing by itself. */
export interface Visitor {
  readonly jar: CookieJar;
  /**
   * Sends a request with the jar's cookies, unless `more.headers` has a `cookie` of its own; answers the response when
   * its cookies are in the jar. Rejects with a TypeError where the application answers none.
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
