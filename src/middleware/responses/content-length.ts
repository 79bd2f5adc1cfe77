/**
 * The length of responses. After `ring.middleware.content-length`.
 *
 * @module
 */

import { isStreamed } from "../../http/body.ts";
import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import { mayHaveContent } from "../../http/response-map.ts";
import type { Handler, Request, Response } from "../../types.ts";

/**
 * Middleware: sets `Content-Length` if the body is text, bytes or null, and the handler has not set it. After Ring's
 * `wrap-content-length`. `ringlet/node` sets it by itself; this middleware is for tests and for other servers.
 *
 * It does not change responses with a stream, or with a status that has no content. Nor does it change a response to
 * HEAD without a body: that may only state the length of the GET (RFC 9110, section 8.6).
 */
export function wrapContentLength<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
): Handler<Req, Res> {
  checkHandler("wrapContentLength", handler);
  return onResponse(handler, (response, request) => {
    const body = response.body ?? "";
    if (isStreamed(body) || !mayHaveContent(response.status ?? 200)) return response;
    if (request.method === "HEAD" && body === "") return response;
    return withDefaultHeader(response, "content-length", String(Buffer.byteLength(body)));
  });
}
