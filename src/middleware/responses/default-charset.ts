/**
 * The charset of responses. After `ring.middleware.default-charset`.
 *
 * @module
 */

import { checkHeaderText, trimmed } from "../../http/headers.ts";
import { onResponse } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import { charset, getHeader } from "../../response.ts";
import type { Handler, Request, Response } from "../../types.ts";

/**
 * Middleware: adds `; charset=…` to the types `text/*` and `application/xml` if they have no charset. After Ring's
 * `wrap-default-charset`. JSON needs none: it is always UTF-8 (RFC 8259, section 8.1).
 *
 * Bodies of text are sent as UTF-8. Use another charset only for bodies of bytes.
 *
 * @throws TypeError if the charset is no valid name
 */
export function wrapDefaultCharset<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  name: string,
): Handler<Req, Res> {
  checkHandler("wrapDefaultCharset", handler);
  checkHeaderText("wrapDefaultCharset: charset", name, ' ;,="/');
  return onResponse(handler, (response) => (wantsCharset(response) ? charset(response, name) : response));
}

function wantsCharset(response: Response): boolean {
  const [type = "", ...parameters] = String(getHeader(response, "content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map(trimmed);
  const isText = type.startsWith("text/") || type === "application/xml";
  return isText && !parameters.some((parameter) => parameter.startsWith("charset="));
}
