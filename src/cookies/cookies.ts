/**
 * Cookies of requests and responses: the values in a Cookie header, and Set-Cookie headers for values. After
 * `ring.middleware.cookies`.
 *
 * @module
 */

import { parseCookie } from "cookie";

import { CookieError } from "../errors.ts";
import { andThen } from "../shared/awaitable.ts";
import { checkedAttrs } from "./attributes.ts";
import { cookieHeader, unquoted } from "./cookie-header.ts";
import { extended } from "../http/request-map.ts";
import { formDecode, formEncode } from "../http/form-encoding.ts";
import { checkFunction, checkHandler, checkNames } from "../shared/options.ts";
import { isPlainObject, kindOf } from "../shared/values.ts";
import { attributesText, setCookieText, withSetCookies } from "./set-cookie.ts";
import type { CookiesRequest, CookiesResponse, Handler, Request, Response } from "../types.ts";

/** Options of `wrapCookies`, `cookiesRequest` and `cookiesResponse`. */
export interface CookiesOptions {
  /**
   * Decodes the text of a value. If it returns undefined or throws, the cookie is left out. Default: Ring's
   * form-decoding, in which `+` is a space. A cookie whose `%` starts no code is left out.
   */
  readonly decoder?: ((text: string) => string | null | undefined) | undefined;
  /** Encodes `{ name: value }` as `name=value`. Default: Ring's form-encoding. */
  readonly encoder?: ((cookie: Readonly<Record<string, string>>) => string) | undefined;
}

/**
 * Middleware: adds `cookies` to the request, and sets the `cookies` of the response.
 *
 * @example
 * ```ts
 * import { wrapCookies } from "ringlet";
 *
 * const handler = wrapCookies((request) => ({
 *   body: `Hello ${request.cookies["name"]?.value ?? "stranger"}`,
 *   cookies: { name: { value: "Ada", path: "/", maxAge: 3600 } },
 * }));
 * ```
 * @throws TypeError if an option has an unknown name or is no function
 */
export function wrapCookies<
  Req extends Request = Request,
  Res extends Response & CookiesResponse = Response & CookiesResponse,
>(
  handler: Handler<Req & CookiesRequest, Res>,
  options: CookiesOptions = {},
): Handler<Omit<Req, keyof CookiesRequest> & Request, AfterCookies<Res>> {
  checkHandler("wrapCookies", handler);
  checkCookiesOptions("wrapCookies", options);
  return (request) => {
    const answer = handler(withCookies(request, options.decoder) as Request as Req & CookiesRequest);
    return andThen(answer, (response) => withoutCookies(response, options.encoder));
  };
}

/**
 * Adds `cookies` to a request, by name: `{ name: { value: "Ada" } }`. If the request has `cookies` already, they stay
 * as they are. Names are never decoded. Of several cookies with one name, the first that can be decoded counts. At most
 * 200 cookies and 16 KiB are read. Nothing that a client sends makes it throw.
 *
 * @throws TypeError if an option has an unknown name or is no function
 */
export function cookiesRequest<Req extends Pick<Request, "headers">>(
  request: Req,
  options?: CookiesOptions,
): Req & CookiesRequest {
  if (options !== undefined) checkCookiesOptions("cookiesRequest", options);
  return withCookies(request, options?.decoder);
}

/**
 * Turns the `cookies` of a response into Set-Cookie headers, and keeps those that it has. Of several cookies with one
 * name, only the last is kept. Returns undefined or null as it is.
 *
 * @throws CookieError if a browser would not accept a name, a value or an attribute; TypeError if an option has an
 *   unknown name or is no function
 */
export function cookiesResponse<const R extends (Response & CookiesResponse) | null | undefined>(
  response: R,
  options?: CookiesOptions,
): AfterCookies<R> {
  if (options !== undefined) checkCookiesOptions("cookiesResponse", options);
  return withoutCookies(response, options?.encoder);
}

/** A response after `cookiesResponse`: its cookies are in its headers. */
export type AfterCookies<R> = R extends null | undefined ? R : Omit<R, "cookies"> & Response;

type CookieDecoder = NonNullable<CookiesOptions["decoder"]>;
type CookieEncoder = NonNullable<CookiesOptions["encoder"]>;

function withCookies<Req extends Pick<Request, "headers">>(
  request: Req,
  decoder: CookieDecoder = formDecode,
): Req & CookiesRequest {
  if (hasCookies(request)) return request;
  const found = parseCookie(cookieHeader(request), { decode: (text) => decodedValue(text, decoder) });
  const cookies = Object.entries(found).flatMap(([name, value]) =>
    name === "" || value === undefined ? [] : [[name, { value }] as const],
  );
  return extended(request, { cookies: Object.fromEntries(cookies) });
}

function withoutCookies<R extends (Response & CookiesResponse) | null | undefined>(
  response: R,
  encoder: CookieEncoder = encode,
): AfterCookies<R> {
  if (response === null || response === undefined || !("cookies" in response)) return response as AfterCookies<R>;
  const { cookies, ...rest } = response;
  if (cookies === undefined) return rest as AfterCookies<R>;
  if (!isPlainObject(cookies)) throw new TypeError(`response.cookies must be an object, got ${kindOf(cookies)}`);
  const lines = Object.entries(cookies).map(([name, cookie]) => setCookieLine(name, cookie, encoder));
  return withSetCookies(rest, lines) as AfterCookies<R>;
}

function hasCookies<Req extends object>(request: Req): request is Req & CookiesRequest {
  return "cookies" in request && typeof request.cookies === "object" && request.cookies !== null;
}

function decodedValue(text: string, decoder: CookieDecoder): string | undefined {
  try {
    const value = decoder(unquoted(text));
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function setCookieLine(name: string, cookie: unknown, encoder: CookieEncoder): string {
  const { value, ...given } = typeof cookie === "string" ? { value: cookie } : describedCookie(name, cookie);
  if (typeof value !== "string") {
    throw new CookieError(name, `the value must be text, got ${kindOf(value)}; write String(…) or JSON.stringify(…)`);
  }
  const attrs = checkedAttrs(name, given);
  const pair: unknown = encoder({ [name]: value });
  if (typeof pair !== "string" || !pair.startsWith(`${name}=`)) {
    throw new CookieError(name, `the encoder must answer "${name}=…", got ${kindOf(pair)}`);
  }
  return setCookieText(name, pair.slice(name.length + 1), attributesText(name, attrs));
}

function describedCookie(name: string, cookie: unknown): Record<string, unknown> {
  if (!isPlainObject(cookie)) throw new CookieError(name, `expected text or { value, … }, got ${kindOf(cookie)}`);
  return cookie;
}

function encode(cookie: Readonly<Record<string, string>>): string {
  return Object.entries(cookie)
    .map(([name, value]) => `${name}=${formEncode(value)}`)
    .join("&");
}

function checkCookiesOptions(where: string, options: CookiesOptions): void {
  checkNames(where, "option", options, ["encoder", "decoder"]);
  for (const [name, value] of Object.entries(options)) checkFunction(where, name, value);
}
