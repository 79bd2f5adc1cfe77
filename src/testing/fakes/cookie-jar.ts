import { parseSetCookie, type SetCookie } from "cookie";

import type { Response } from "../../types.ts";
import { isTooLong } from "../../cookies/set-cookie.ts";

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
