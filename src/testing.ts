/**
 * For tests, ours and other people's: the laws that every store obeys, requests without a server, a clock to turn by
 * hand, and a browser's share of cookies. No test runner is assumed.
 *
 * @module
 */

import { parseSetCookie, type SetCookie } from "cookie";

import type { Awaitable, Handler, Request, Response } from "./types.ts";

export { storeLaws, type StoreLaw } from "./internal/store-laws.ts";

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

/** A request as a server would make it. After ring-mock's `request`. */
export function mockRequest(method: string, target: string, more: Partial<Request> = {}): Request {
  const [uri = "/", ...query] = target.split("?");
  return {
    method: method.toUpperCase(),
    uri,
    ...(query.length > 0 ? { queryString: query.join("?") } : {}),
    headers: { host: "localhost" },
    scheme: "http",
    serverName: "localhost",
    serverPort: 80,
    remoteAddr: "127.0.0.1",
    protocol: "HTTP/1.1",
    ...more,
  };
}

/** What a browser does with cookies, for one host: enough of RFC 6265bis, section 5.7, to follow a session. */
export interface CookieJar {
  /** The Cookie header for a path, undefined where there is nothing to send. */
  readonly header: (uri?: string, scheme?: "http" | "https") => string | undefined;
  /** Takes in the Set-Cookie headers of a response. */
  readonly take: (response: Pick<Response, "headers"> | null | undefined) => void;
  /** The value of a cookie, undefined where the jar has none of the name. */
  readonly get: (name: string) => string | undefined;
  /** Empties it: another browser. */
  readonly clear: () => void;
}

/** Makes an empty jar. `now`: milliseconds since 1970, for the cookies that end. */
export function cookieJar(now: () => number = Date.now): CookieJar {
  const cookies = new Map<string, Kept>();
  const alive = (): Kept[] => [...cookies.values()].filter((cookie) => cookie.end > now());
  return {
    header(uri = "/", scheme = "http") {
      const sent = alive().filter((cookie) => isUnder(uri, cookie.path) && (!cookie.secure || scheme === "https"));
      return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
    },
    take(response) {
      for (const line of setCookieLines(response)) {
        const cookie = parseSetCookie(line, { decode: (text) => text });
        const path = cookie.path ?? "/";
        cookies.set(`${cookie.name}\0${cookie.domain ?? ""}\0${path}`, kept(cookie, path, now()));
      }
    },
    get: (name) => alive().find((cookie) => cookie.name === name)?.value,
    clear: () => cookies.clear(),
  };
}

/** A visitor of an application: a browser that keeps its cookies and follows nothing by itself. */
export interface Visitor {
  readonly jar: CookieJar;
  /** Sends a request with the jar's cookies; answers the response when its cookies are in the jar. */
  readonly send: (method: string, target: string, more?: Partial<Request>) => Promise<Response>;
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
 * @throws TypeError where the application answers no response
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

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  /** Milliseconds since 1970. */
  readonly end: number;
}

function kept(cookie: SetCookie, path: string, now: number): Kept {
  const { name, value = "", secure = false, maxAge, expires } = cookie;
  const end = maxAge === undefined ? (expires?.getTime() ?? Infinity) : now + maxAge * 1000;
  return { name, value, path, secure, end };
}

function setCookieLines(response: Pick<Response, "headers"> | null | undefined): readonly string[] {
  const lines = response?.headers?.["set-cookie"] ?? [];
  return typeof lines === "string" ? [lines] : lines;
}

/** RFC 6265bis, section 5.1.4. */
function isUnder(uri: string, path: string): boolean {
  return uri === path || uri.startsWith(path.endsWith("/") ? path : `${path}/`);
}

async function answerOf(answer: Awaitable<Response | null | undefined>, request: Request): Promise<Response> {
  const response = await answer;
  if (response) return response;
  throw new TypeError(`the application answered nothing to ${request.method} ${request.uri}`);
}
