/**
 * 304 for what the browser has already. After `ring.middleware.not-modified`.
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
 * Middleware: returns 304 without the body if the browser has the response already, by its `ETag` or `Last-Modified`.
 * This is for GET and HEAD, and for responses with status 200. After Ring's `wrap-not-modified`.
 *
 * `If-None-Match` decides if the request has it. Otherwise `If-Modified-Since` does (RFC 9110, section 13.2.2). In Ring
 * both must agree. All headers stay except `Content-Length`. A stream that is not sent is closed.
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
