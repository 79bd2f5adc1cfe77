import type { StoreContext } from "../../types.ts";

/** Of a cookie of express-session, what tells a store how long to keep its session. */
export interface ConnectCookie {
  /** Milliseconds that a session lives from its last use on; null: until the browser closes. */
  readonly originalMaxAge: number | null;
  /** When that is over, as things are. */
  readonly expires?: Date | null | undefined;
}

/** A session as express-session hands it to a store: the user's keys, and the cookie. */
export interface ConnectSession {
  /** Written down as JSON, by its own `toJSON`. */
  readonly cookie: object;
}

/** Without an end most stores would take one of their own, of an hour or a day. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/**
 * A cookie as express-session would hand it to a store. Some stores read `expires`, some `originalMaxAge`, some
 * `maxAge`, which express-session does not write down: nor is it in the JSON of this one.
 */
export function createCookie({ now, ttl = LONGEST_LIFE }: StoreContext): ConnectCookie {
  const maxAge = Math.min(ttl, LONGEST_LIFE) * 1000;
  const cookie = { originalMaxAge: maxAge, expires: new Date(now + maxAge), httpOnly: true, path: "/" };
  return Object.defineProperty(cookie, "maxAge", { value: maxAge });
}

/**
 * Whether a read has to tell the store that the session was used: once a tenth of the idle time has passed since it
 * last wrote its end down, or where that end cannot be known.
 */
export function isSlideDue(cookie: unknown, { now, ttl }: StoreContext): boolean {
  if (ttl === undefined) return false;
  const late = now + ttl * 1000 - expiresIn(cookie);
  return !(Math.abs(late) < ttl * 100);
}

/** Milliseconds since 1970; NaN where the cookie does not say. */
function expiresIn(cookie: unknown): number {
  const expires = (cookie as { readonly expires?: unknown } | null | undefined)?.expires;
  if (expires instanceof Date) return expires.getTime();
  return typeof expires === "string" ? Date.parse(expires) : Number.NaN;
}
