import { parseSetCookie, type SetCookie } from "cookie";

import type { Response } from "../../types.ts";
import { isTooLong } from "../../cookies/set-cookie.ts";

/** Cookies of a browser, for one host. It knows enough of RFC 6265bis, section 5.7, to follow a session. */
export interface CookieJar {
  /** Returns the Cookie header for a path, or undefined if there is none. Cookies of longer paths come first. */
  readonly header: (uri?: string, scheme?: "http" | "https") => string | undefined;
  /** Takes the cookies of a response's Set-Cookie headers. A cookie over 4096 octets is dropped, as in browsers. */
  readonly take: (response: Pick<Response, "headers"> | null | undefined) => void;
  /** Returns the value of a cookie, or undefined if the jar has none of that name. */
  readonly get: (name: string) => string | undefined;
  /** Empties the jar, as if it were another browser. */
  readonly clear: () => void;
}

/**
 * Makes an empty jar. `now` returns milliseconds since 1970, for cookies that expire.
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

/** Puts a cookie into a jar. It replaces one with the same name, domain and path, and keeps its position. */
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

/** Whether a cookie's path matches the path of a request (RFC 6265bis, section 5.1.4). */
function isUnder(uri: string, path: string): boolean {
  return uri === path || uri.startsWith(path.endsWith("/") ? path : `${path}/`);
}
