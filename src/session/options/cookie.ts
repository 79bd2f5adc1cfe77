import { CookieError } from "../../errors.ts";
import type { CookieAttrs, CookiesRequest, Headers, Request, Response, SessionOptions } from "../../types.ts";
import { cookieHeader, valuesNamed } from "../../cookies/cookie-header.ts";
import { checkedAttrs, mergeAttrs } from "../../cookies/attributes.ts";
import { formDecode, formEncode } from "../../http/form-encoding.ts";
import { uncacheable } from "../../http/headers.ts";
import { isPlainObject, kindOf } from "../../shared/values.ts";
import { attributesText, checkLength, withSetCookies } from "../../cookies/set-cookie.ts";

/** The session's cookie of one wrapper: its name and its attributes. */
export interface SessionCookie {
  readonly name: string;
  readonly attrs: CookieAttrs;
  /** The text behind the value, by scheme of the request and purpose. Made once, because every log-in needs it. */
  readonly texts: Readonly<Record<"http" | "https", CookieTexts>>;
}

interface CookieTexts {
  readonly alive: string;
  readonly expired: string;
}

/** Change to the session's cookie: a key to send, `null` to expire the cookie, or undefined for no Set-Cookie. */
export type CookieChange = string | null | undefined;

/** The most values of the cookie that are read. */
const MOST_CANDIDATES = 4;
const DEFAULT_ATTRS: CookieAttrs = { path: "/", httpOnly: true, sameSite: "lax" };

/**
 * Checks the options `cookieName`, `cookieAttrs` and `root`, and returns them as one cookie.
 *
 * @throws TypeError, CookieError
 */
export function checkedCookie(
  where: string,
  { cookieName = "ring-session", cookieAttrs = {}, root }: Pick<SessionOptions, "cookieName" | "cookieAttrs" | "root">,
): SessionCookie {
  if (typeof cookieName !== "string") {
    throw new TypeError(`${where}: cookieName must be text, got ${kindOf(cookieName)}`);
  }
  if (!isPlainObject(cookieAttrs)) {
    throw new TypeError(`${where}: cookieAttrs must be an object, got ${kindOf(cookieAttrs)}`);
  }
  return sessionCookie(cookieName, cookieAttrs, root);
}

/** Returns the session's cookie for a name and attributes. The attributes are merged over the defaults. */
function sessionCookie(name: string, given: CookieAttrs, root: string | undefined): SessionCookie {
  const attrs = checkedAttrs(name, mergeAttrs(mergeAttrs(DEFAULT_ATTRS, given), { path: root }));
  return { name, attrs, texts: { http: cookieTexts(name, attrs, "http"), https: cookieTexts(name, attrs, "https") } };
}

/** Returns the different values of the session's cookie, decoded. A value that cannot be decoded is undefined. */
export function cookieValues(
  { name }: SessionCookie,
  request: Partial<Pick<Request, "headers"> & CookiesRequest>,
): readonly (string | undefined)[] {
  const { cookies, headers } = request;
  if (cookies && Object.hasOwn(cookies, name)) return [cookies[name]?.value];
  if (headers === undefined) return [];
  const values = valuesNamed(cookieHeader({ headers }), name, MOST_CANDIDATES);
  // The cookie was sent, but the code that parsed the cookies has left it out: to that code it was malformed.
  if (cookies) return values.length === 0 ? [] : [undefined];
  return values.length < 2 ? values.map(formDecode) : [...new Set(values.map(formDecode))];
}

/**
 * Returns the cookie of one response, with its `sessionCookieAttrs` merged over the attributes of the options. Returns
 * undefined if the response has none.
 *
 * @throws CookieError
 */
export function responseCookie(
  cookie: SessionCookie,
  given: CookieAttrs | null | undefined,
): SessionCookie | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isPlainObject(given)) {
    throw new CookieError(cookie.name, `sessionCookieAttrs must be an object, got ${kindOf(given)}`);
  }
  return sessionCookie(cookie.name, mergeAttrs(cookie.attrs, given), undefined);
}

/** Returns a response that sets or expires the session's cookie, and that no cache may keep (RFC 9111, section 7.3). */
export function withSessionCookie<R extends Response>(
  response: R,
  cookie: SessionCookie,
  change: CookieChange,
  request: Pick<Request, "scheme">,
): R {
  if (change === undefined) return response;
  const texts = cookie.texts[request.scheme === "https" ? "https" : "http"];
  const value = change === null ? "" : formEncode(change);
  checkLength(cookie.name, value);
  const line = `${cookie.name}=${value}${change === null ? texts.expired : texts.alive}`;
  return hasHeaders(response)
    ? uncacheable(withSetCookies(response, [line]))
    : { ...response, headers: newHeaders(line) };
}

function hasHeaders({ headers }: Response): boolean {
  return headers !== undefined && Object.keys(headers).length > 0;
}

/** Returns the headers that `withSetCookies` and `uncacheable` make for a response without headers. */
function newHeaders(line: string): Headers {
  return { "set-cookie": [line], "cache-control": "no-store", vary: "Cookie" };
}

function cookieTexts(name: string, given: CookieAttrs, scheme: "http" | "https"): CookieTexts {
  const attrs = { ...given, secure: given.secure ?? scheme === "https" };
  return {
    alive: attributesText(name, attrs),
    // Some clients know Expires alone, some drafts forbid Max-Age=0: both are sent.
    expired: attributesText(name, { ...attrs, maxAge: 0, expires: new Date(0) }),
  };
}
