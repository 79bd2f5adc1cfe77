/**
 * Static files of the application itself. After `ring.middleware.resource`.
 *
 * @module
 */

import { checkHandler } from "../../shared/options.ts";
import { folderPath, type StaticOptions, staticSettings } from "./options.ts";
import type { Handler, Request, Response } from "../../types.ts";
import { besides, fileBelow } from "./send.ts";

export type { StaticOptions } from "./options.ts";

/**
 * Middleware: `wrapFile` for a folder that may be missing. If it is, the handler is called for everything. After Ring's
 * `wrap-resource`, whose folder is on the class path. Here it is a path from the working directory, or a URL:
 * `new URL("../public/", import.meta.url)`. As in Ring, index files are not sent for folders.
 *
 * @throws TypeError if an option has an unknown name or a wrong value
 */
export function wrapResource<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  root: string | URL = "public",
  options: StaticOptions = {},
): Handler<Req, Res | Response> {
  checkHandler("wrapResource", handler);
  const settings = staticSettings("wrapResource", options, false);
  const folder = folderPath("wrapResource: root", root);
  return besides(handler, (request) => fileBelow(folder, request, settings), settings.preferHandler);
}
