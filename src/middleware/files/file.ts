/**
 * Files of a folder. After `ring.middleware.file`.
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
 * Middleware: answers GET and HEAD with the file that the uri names below a folder, and asks the handler for all else.
 * After Ring's `wrap-file`.
 *
 * Ranges, `ETag`, `Last-Modified` and conditions are answered (RFC 9110). Hidden files (`.env`), paths that lead out
 * of the folder, also by symbolic links, and malformed ones are not there: the handler answers.
 *
 * @example
 * ```ts
 * import { notFound } from "ringlet";
 * import { wrapFile } from "ringlet/middleware/file";
 *
 * const app = wrapFile(() => notFound("Nothing here"), ".", { mount: "/static", maxAge: 3600 });
 * ```
 * @throws TypeError where the folder is not there, or an option has an unknown name or another kind of value
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
