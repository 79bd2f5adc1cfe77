import type { StoreContext } from "../../types.ts";

/** The part of an express-session cookie that tells a store how long to keep the session. */
export interface ConnectCookie {
  /** Milliseconds that a session lives after its last use. Null: until the browser closes. */
  readonly originalMaxAge: number | null;
  /** When it expires, unless it is used again. */
  readonly expires?: Date | null | undefined;
}

/** A session as express-session gives it to a store: the user's keys, and the cookie. */
export interface ConnectSession {
  /** It becomes JSON by its own `toJSON`. */
  readonly cookie: object;
}

/** The most seconds that a session lives. Without a limit most stores would take their own, an hour or a day. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/**
 * Makes a cookie as express-session would give it to a store. Some stores read `expires`, some `originalMaxAge`, some
 * `maxAge`. The last is not in the JSON of the cookie, because express-session does not write it down either.
 */
export function createCookie({ now, ttl = LONGEST_LIFE }: StoreContext): ConnectCookie {
  const maxAge = Math.min(ttl, LONGEST_LIFE) * 1000;
  const cookie = { originalMaxAge: maxAge, expires: new Date(now + maxAge), httpOnly: true, path: "/" };
  return Object.defineProperty(cookie, "maxAge", { value: maxAge });
}

/**
 * Returns whether a read has to tell the store that the session was used: a tenth of the idle time has passed since the
 * store was last told, or nobody knows when that was.
 */
export function isSlideDue(cookie: unknown, { now, ttl }: StoreContext): boolean {
  if (ttl === undefined) return false;
  const late = now + ttl * 1000 - expiresIn(cookie);
  return !(Math.abs(late) < ttl * 100);
}

/** Returns when a cookie expires, in milliseconds since 1970; NaN if it does not say. */
function expiresIn(cookie: unknown): number {
  const expires = (cookie as { readonly expires?: unknown } | null | undefined)?.expires;
  if (expires instanceof Date) return expires.getTime();
  return typeof expires === "string" ? Date.parse(expires) : Number.NaN;
}
