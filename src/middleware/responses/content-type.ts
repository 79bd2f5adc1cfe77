/**
 * Content types from extensions. After `ring.middleware.content-type`.
 *
 * @module
 */

import mime from "mime";

import { type MimeTypes, ownTypes } from "../files/mime-types.ts";
import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkHandler, checkNames } from "../../shared/options.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** What `wrapContentType` may be told. */
export interface ContentTypeOptions {
  /** Types by extension, before those that are known: `{ webmanifest: "application/manifest+json" }`. */
  readonly mimeTypes?: MimeTypes | undefined;
}

/**
 * Middleware: a response with a body and without a content type gets the one of the extension in the uri. After Ring's
 * `wrap-content-type`; the types are those of the package `mime`.
 *
 * Where the extension says nothing, bytes and streams are `application/octet-stream`, as in Ring, and text stays text
 * (the servers say `text/plain`). Unlike in Ring, text never becomes a page (`text/html`, or any XML) by its uri: the
 * visitor writes the uri, and would make `/hello/<script>….html` a page of yours.
 *
 * @throws TypeError where an option has an unknown name, or a type cannot stand in a header
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

/** None of those whose documents run scripts in a browser. */
function textType(known: string | null): string | undefined {
  return known === null || known.includes("html") || known.includes("xml") ? undefined : known;
}
