/**
 * Static files of a folder. After `ring.middleware.file`.
 *
 * @module
 */

import { statSync } from "node:fs";

import { checkHandler } from "../../shared/options.ts";
import { folderPath, type StaticOptions, staticSettings } from "./options.ts";
import type { Handler, Request, Response } from "../../types.ts";
import { besides, fileBelow } from "./send.ts";

export type { StaticOptions } from "./options.ts";

/**
 * Middleware: responds to GET and HEAD with the file of a folder that the uri names. The handler is called for
 * everything else. After Ring's `wrap-file`.
 *
 * Ranges, `ETag`, `Last-Modified` and conditional requests are supported (RFC 9110). The handler is also called for
 * hidden files (`.env`), for malformed paths, and for paths that lead out of the folder, by symbolic links too.
 *
 * @example
 * ```ts
 * import { notFound } from "ringlet";
 * import { wrapFile } from "ringlet/middleware/file";
 *
 * const app = wrapFile(() => notFound("Nothing here"), ".", { mount: "/static", maxAge: 3600 });
 * ```
 * @throws TypeError if the folder does not exist, or if an option has an unknown name or a wrong value
 */
export function wrapFile<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  root: string | URL,
  options: StaticOptions = {},
): Handler<Req, Res | Response> {
  checkHandler("wrapFile", handler);
  const settings = staticSettings("wrapFile", options, true);
  const folder = folderPath("wrapFile: root", root);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new TypeError(`wrapFile: root must be a folder that is there, got ${folder}`);
  }
  return besides(handler, (request) => fileBelow(folder, request, settings), settings.preferHandler);
}
