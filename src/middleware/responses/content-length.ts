/**
 * How long a response is, where that is known. After `ring.middleware.content-length`.
 *
 * @module
 */

import { isStreamed } from "../../http/body.ts";
import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import { mayHaveContent } from "../../http/response-map.ts";
import type { Handler, Request, Response } from "../../types.ts";

/**
 * Middleware: sets `Content-Length` from a body of text or bytes, or none, unless the handler did. After Ring's
 * `wrap-content-length`. `ringlet/node` does this by itself: this is for tests, and for other servers.
 *
 * Streams are left alone, and so is a status without content. A HEAD without a body too: it says the length of its
 * GET or nothing (RFC 9110, section 8.6).
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
