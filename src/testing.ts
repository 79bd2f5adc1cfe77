/**
 * For tests, ours and other people's: the laws that every store obeys, requests without a server, a clock to turn by
 * hand, and a browser's share of cookies. No test runner is assumed.
 *
 * @module
 */

import { parseSetCookie, type SetCookie } from "cookie";

import { isTooLong } from "./internal/set-cookie.ts";
import { checkResponse } from "./internal/response-shape.ts";
import type { Awaitable, Handler, Request, Response } from "./types.ts";

export type { StoreBreakdown, StoreHarness, StoreLaw } from "./internal/store-law.ts";
export { storeLaws } from "./internal/store-laws.ts";

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

/** What a browser does with cookies, for one host: enough of RFC 6265bis, section 5.7, to follow a session. */
export interface CookieJar {
  /** The Cookie header for a path, those of longer paths first; undefined where there is nothing to send. */
  readonly header: (uri?: string, scheme?: "http" | "https") => string | undefined;
  /** Takes in the Set-Cookie headers of a response. A cookie over 4096 octets is dropped, as browsers do. */
  readonly take: (response: Pick<Response, "headers"> | null | undefined) => void;
  /** The value of a cookie, undefined where the jar has none of the name. */
  readonly get: (name: string) => string | undefined;
  /** Empties it: another browser. */
  readonly clear: () => void;
}

/**
 * Makes an empty jar. `now`: milliseconds since 1970, for the cookies that end.
 *
 * @example
 * ```ts
 * import { cookieJar } from "ringlet/testing";
 *
 * const jar = cookieJar();
 * jar.take({ headers: { "set-cookie": "theme=dark; Path=/; Max-Age=60" } });
 * jar.header("/"); // "theme=dark"
 * ```
 */
export function cookieJar(now: () => number = Date.now): CookieJar {
  let cookies: readonly Kept[] = [];
  const alive = (): readonly Kept[] => cookies.filter((cookie) => cookie.end > now());
  return {
    header(uri = "/", scheme = "http") {
      const sent = alive().filter((cookie) => isUnder(uri, cookie.path) && (!cookie.secure || scheme === "https"));
      return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
    },
    take(response) {
      for (const line of setCookieLines(response)) cookies = withCookie(alive(), parseSetCookie(line, VERBATIM), now());
    },
    get: (name) => alive().find((cookie) => cookie.name === name)?.value,
    clear() {
      cookies = [];
    },
  };
}

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

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
  /** Milliseconds since 1970. */
  readonly end: number;
}

const VERBATIM = { decode: (text: string): string => text };

/** A cookie takes the place of one of the same name, domain and path, and keeps its turn. */
function withCookie(cookies: readonly Kept[], cookie: SetCookie, now: number): readonly Kept[] {
  const fresh = kept(cookie, now);
  if (isTooLong(fresh.name, fresh.value)) return cookies;
  const same = cookies.findIndex((each) => isSame(each, fresh));
  if (same !== -1) return cookies.with(same, fresh);
  return [...cookies, fresh].toSorted((one, other) => other.path.length - one.path.length);
}

function kept({ name, value = "", domain = "", path, secure = false, maxAge, expires }: SetCookie, now: number): Kept {
  const end = maxAge === undefined ? (expires?.getTime() ?? Infinity) : now + maxAge * 1000;
  return { name, value, domain, path: path?.startsWith("/") ? path : "/", secure, end };
}

function isSame(one: Kept, other: Kept): boolean {
  return one.name === other.name && one.domain === other.domain && one.path === other.path;
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
  if (response) checkResponse(response);
  if (response) return response;
  throw new TypeError(`the application answered nothing to ${request.method} ${request.uri}`);
}
