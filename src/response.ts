/**
 * Functions that build response maps and change them. They take a map and return a new map. Names and behaviour are
 * those of `ring.util.response`; header names are written in lower case.
 *
 * Other properties of a map (`session`, `flash`) stay, in the value and in its type:
 * `{ ...redirect("/"), session: { user } }` and `status(answer, 201)`.
 *
 * @module
 */

import { headerName, trimmed, withHeader } from "./http/headers.ts";
import { show } from "./shared/values.ts";
import { responseFault } from "./http/response-map.ts";
import type { CookieAttrs, CookiesResponse, Headers, Response, ResponseBody } from "./types.ts";

const redirectStatuses = {
  "moved-permanently": 301,
  found: 302,
  "see-other": 303,
  "temporary-redirect": 307,
  "permanent-redirect": 308,
} as const;

/** A status of `redirect`: a code or its name. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308 | keyof typeof redirectStatuses;

/**
 * Returns a response with this body and status 200.
 *
 * @example
 * ```ts
 * import { contentType, response } from "ringlet";
 *
 * const page = contentType(response("<h1>Hello</h1>"), "text/html; charset=utf-8");
 * ```
 */
export function response(body: ResponseBody): Response {
  return { status: 200, headers: {}, body };
}

/**
 * Returns a response with data as JSON, and its content type.
 *
 * @throws TypeError for data that JSON cannot write: a function, `undefined`, a cycle, a BigInt
 */
export function json(data: unknown): Response {
  const body: string | undefined = JSON.stringify(data);
  if (body === undefined) throw new TypeError(`json: data must be something that JSON can write, got ${show(data)}`);
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/**
 * Returns a response that sends the browser to another page. After a POST use `"see-other"` (303). The default is
 * `"found"` (302), as in Ring. The URL is sent as given: encode it, and do not take it from a request unchecked.
 *
 * @throws TypeError for another status, or if the URL has a line break or another control character
 */
export function redirect(url: string, code: RedirectStatus = "found"): Response {
  const number = typeof code === "string" ? redirectStatuses[code] : code;
  if (!Object.values(redirectStatuses).includes(number)) {
    const known = Object.entries(redirectStatuses).map(([name, each]) => `${each} ("${name}")`);
    throw new TypeError(`redirect: code must be one of ${known.join(", ")}, got ${show(code)}`);
  }
  return { status: number, headers: { location: checkedUrl("redirect", url) }, body: "" };
}

/**
 * Returns a response of status 201: a resource was made, and is found at this URL.
 *
 * @throws TypeError if the URL has a line break or another control character
 */
export function created(url: string, body: ResponseBody = null): Response {
  return { status: 201, headers: { location: checkedUrl("created", url) }, body };
}

/** Returns a response of status 400: the request makes no sense. */
export function badRequest(body: ResponseBody): Response {
  return { status: 400, headers: {}, body };
}

/** Returns a response of status 404: there is nothing here. */
export function notFound(body: ResponseBody): Response {
  return { status: 404, headers: {}, body };
}

/** Returns the response with this status. */
export function status<R extends Response>(response: R, code: number): R {
  return { ...response, status: code };
}

/**
 * Returns the response with this header. It replaces a header of the same name, in upper or lower case.
 *
 * @throws TypeError if the value has a line break or a NUL: the text after it would become another header
 */
export function header<R extends Response>(response: R, name: string, value: string | number | readonly string[]): R {
  const field = name.toLowerCase();
  const values = typeof value === "number" ? String(value) : value;
  for (const each of typeof values === "string" ? [values] : values) checkValue(field, each);
  return { ...response, headers: withHeader(response.headers ?? {}, field, values) };
}

/**
 * Returns the response with a header that `update` makes from its present value. That value is undefined if there is
 * none.
 *
 * @throws TypeError if the new value has a line break or a NUL
 */
export function updateHeader<R extends Response>(
  response: R,
  name: string,
  update: (value: string | readonly string[] | undefined) => string | number | readonly string[],
): R {
  return header(response, name, update(getHeader(response, name)));
}

/** Returns a header of a response or a request. The name may be in upper or lower case. */
export function getHeader(
  message: { readonly headers?: Headers | undefined },
  name: string,
): string | readonly string[] | undefined {
  const headers = message.headers ?? {};
  const field = headerName(headers, name.toLowerCase());
  return field === undefined ? undefined : headers[field];
}

/** Returns the response with this content type: `contentType(page, "text/html; charset=utf-8")`. */
export function contentType<R extends Response>(response: R, type: string): R {
  return header(response, "content-type", type);
}

/** Returns the response with this charset in its content type. Without a content type it gets `text/plain`. */
export function charset<R extends Response>(response: R, set: string): R {
  const [type = "", ...parameters] = String(getHeader(response, "content-type") ?? "text/plain").split(";");
  const others = parameters.filter((parameter) => !trimmed(parameter).toLowerCase().startsWith("charset="));
  return contentType(response, `${[type, ...others].join(";")}; charset=${set}`);
}

/**
 * Returns the response with a cookie to set. `wrapCookies` or `wrapSession` writes it out, and checks it then.
 *
 * @example
 * ```ts
 * import { response, setCookie, wrapCookies } from "ringlet";
 *
 * const app = wrapCookies(() => setCookie(response("Dark it is"), "theme", "dark", { maxAge: 31_536_000 }));
 * ```
 */
export function setCookie<R extends Response & CookiesResponse>(
  response: R,
  name: string,
  value: string,
  attrs: CookieAttrs = {},
): R & CookiesResponse {
  return { ...response, cookies: { ...response.cookies, [name]: { ...attrs, value } } };
}

/** Whether a value is a response map that a server can send. */
export function isResponse(value: unknown): value is Response {
  return responseFault(value) === undefined;
}

function checkValue(field: string, value: string): void {
  const index = firstCode(value, (code) => code === 0x0a || code === 0x0d || code === 0);
  if (index === -1) return;
  throw new TypeError(`header: ${show(field)} has a line break or a NUL at index ${index}; take it out or encode it`);
}

function checkedUrl(where: string, url: string): string {
  const index = firstCode(url, (code) => code < 0x20 || code === 0x7f);
  if (index === -1) return url;
  throw new TypeError(`${where}: url has a control character at index ${index}; encodeURI(url) encodes it`);
}

function firstCode(text: string, isBad: (code: number) => boolean): number {
  for (let index = 0; index < text.length; index++) {
    if (isBad(text.charCodeAt(index))) return index;
  }
  return -1;
}
