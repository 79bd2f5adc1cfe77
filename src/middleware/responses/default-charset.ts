/**
 * The charset of texts. After `ring.middleware.default-charset`.
 *
 * @module
 */

import { checkHeaderText, trimmed } from "../../http/headers.ts";
import { onResponse } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import { charset, getHeader } from "../../response.ts";
import type { Handler, Request, Response } from "../../types.ts";

/**
 * Middleware: adds `; charset=…` to a content type of text that names none: `text/*` and `application/xml`. After
 * Ring's `wrap-default-charset`. JSON is UTF-8 without saying so (RFC 8259, section 8.1).
 *
 * Bodies that are strings go out as UTF-8; another charset is right only for bodies of bytes.
 *
 * @throws TypeError where the charset is no name
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
