/**
 * Not sending what the browser has. After `ring.middleware.not-modified`.
 *
 * @module
 */

import { discard } from "../../http/body.ts";
import { isFresh } from "../../http/conditional.ts";
import { headerName } from "../../http/headers.ts";
import { onResponse } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import type { Handler, Headers, Request, Response } from "../../types.ts";

/**
 * Middleware: where the `ETag` or `Last-Modified` of a response is the one that the browser names, it answers 304
 * without the body. For GET and HEAD, and responses of status 200. After Ring's `wrap-not-modified`.
 *
 * `If-None-Match` decides where it is there, `If-Modified-Since` only where it is not (RFC 9110, section 13.2.2); Ring
 * wants both to agree. Headers stay, but for `Content-Length`. A stream that is not sent is closed.
 *
 * @example
 * ```ts
 * import { header, response } from "ringlet";
 * import { wrapNotModified } from "ringlet/middleware/not-modified";
 *
 * const app = wrapNotModified(() => header(response("The terms"), "etag", '"2026-11"'));
 * ```
 */
export function wrapNotModified<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
): Handler<Req, Res> {
  checkHandler("wrapNotModified", handler);
  return onResponse(handler, (response, request) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead || (response.status ?? 200) !== 200) return response;
    if (!isFresh(request.headers, response.headers ?? {})) return response;
    discard(response.body);
    return { ...response, status: 304, headers: withoutLength(response.headers ?? {}), body: null };
  });
}

function withoutLength(headers: Headers): Headers {
  const name = headerName(headers, "content-length");
  return name === undefined ? headers : { ...headers, [name]: undefined };
}
