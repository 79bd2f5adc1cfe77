/**
 * Functions that build response maps and change them: a map in, a new map out. Names and behaviour are those of
 * `ring.util.response`; header names are written in lower case.
 *
 * What else a map holds (`session`, `flash`) stays, in the value and in its type:
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

/** What `redirect` takes for a status: a code or its name. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308 | keyof typeof redirectStatuses;

/**
 * A response with this body and status 200.
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
 * Data as JSON, with its content type.
 *
 * @throws TypeError for what JSON cannot write: a function, `undefined`, a cycle, a BigInt
 */
export function json(data: unknown): Response {
  const body: string | undefined = JSON.stringify(data);
  if (body === undefined) throw new TypeError(`json: data must be something that JSON can write, got ${show(data)}`);
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/**
 * Sends the browser to another page. `"see-other"` (303) is the one for after a POST; the default is `"found"` (302),
 * as in Ring. The URL goes out as given: encode what needs it, and do not take it from a request unchecked.
 *
 * @throws TypeError for another status, or where the URL has a line break or another control character
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
 * Status 201: something was made, and is found at this URL.
 *
 * @throws TypeError where the URL has a line break or another control character
 */
export function created(url: string, body: ResponseBody = null): Response {
  return { status: 201, headers: { location: checkedUrl("created", url) }, body };
}

/** Status 400: the request makes no sense. */
export function badRequest(body: ResponseBody): Response {
  return { status: 400, headers: {}, body };
}

/** Status 404: there is nothing here. */
export function notFound(body: ResponseBody): Response {
  return { status: 404, headers: {}, body };
}

/** The response with this status. */
export function status<R extends Response>(response: R, code: number): R {
  return { ...response, status: code };
}

/**
 * The response with this header, in place of one of the same name in any case.
 *
 * @throws TypeError where the value has a line break or a NUL: what follows would be a header of its own
 */
export function header<R extends Response>(response: R, name: string, value: string | number | readonly string[]): R {
  const field = name.toLowerCase();
  const values = typeof value === "number" ? String(value) : value;
  for (const each of typeof values === "string" ? [values] : values) checkValue(field, each);
  return { ...response, headers: withHeader(response.headers ?? {}, field, values) };
}

/**
 * The response with a header made from the one it has: `update` gets undefined where it has none.
 *
 * @throws TypeError where the new value has a line break or a NUL
 */
export function updateHeader<R extends Response>(
  response: R,
  name: string,
  update: (value: string | readonly string[] | undefined) => string | number | readonly string[],
): R {
  return header(response, name, update(getHeader(response, name)));
}

/** A header of a response or a request, whatever the case of its name. */
export function getHeader(
  message: { readonly headers?: Headers | undefined },
  name: string,
): string | readonly string[] | undefined {
  const headers = message.headers ?? {};
  const field = headerName(headers, name.toLowerCase());
  return field === undefined ? undefined : headers[field];
}

/** The response with this content type: `contentType(page, "text/html; charset=utf-8")`. */
export function contentType<R extends Response>(response: R, type: string): R {
  return header(response, "content-type", type);
}

/** The response with this charset in its content type, which is `text/plain` where it has none. */
export function charset<R extends Response>(response: R, set: string): R {
  const [type = "", ...parameters] = String(getHeader(response, "content-type") ?? "text/plain").split(";");
  const others = parameters.filter((parameter) => !trimmed(parameter).toLowerCase().startsWith("charset="));
  return contentType(response, `${[type, ...others].join(";")}; charset=${set}`);
}

/**
 * The response with a cookie to set. `wrapCookies` or `wrapSession` writes it out, and checks it then.
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
