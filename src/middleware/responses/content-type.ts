/**
 * Content types by extension. After `ring.middleware.content-type`.
 *
 * @module
 */

import mime from "mime";

import { type MimeTypes, ownTypes } from "../files/mime-types.ts";
import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkHandler, checkNames } from "../../shared/options.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Options of `wrapContentType`. */
export interface ContentTypeOptions {
  /** Your own types by extension: `{ webmanifest: "application/manifest+json" }`. They come before the known types. */
  readonly mimeTypes?: MimeTypes | undefined;
}

/**
 * Middleware: sets `Content-Type` by the extension of the uri, if the response has a body and no type. After Ring's
 * `wrap-content-type`. The types are those of the package `mime`.
 *
 * Without a known extension, bytes and streams become `application/octet-stream`, as in Ring. Text gets no type, and
 * the servers send it as `text/plain`. Unlike in Ring, the uri never makes a text a page (`text/html` or XML). The
 * visitor writes the uri, and `/hello/<script>….html` would become a page of yours.
 *
 * @throws TypeError if an option has an unknown name, or if a type cannot be part of a header
 */
export function wrapContentType<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: ContentTypeOptions = {},
): Handler<Req, Res> {
  checkHandler("wrapContentType", handler);
  checkNames("wrapContentType", "option", options, ["mimeTypes"]);
  const ownType = ownTypes("wrapContentType", options.mimeTypes);
  return onResponse(handler, (response, { uri }) => {
    const { body } = response;
    if (body === undefined || body === null || body === "") return response;
    const known = ownType(uri) ?? mime.getType(uri);
    const type = typeof body === "string" ? textType(known) : (known ?? "application/octet-stream");
    return type === undefined ? response : withDefaultHeader(response, "content-type", type);
  });
}

/** Returns the known type for a text. It is undefined if browsers run scripts in documents of that type. */
function textType(known: string | null): string | undefined {
  return known === null || known.includes("html") || known.includes("xml") ? undefined : known;
}
