/**
 * Files that belong to the application. After `ring.middleware.resource`.
 *
 * @module
 */

import { checkHandler } from "../../shared/options.ts";
import { folderPath, type StaticOptions, staticSettings } from "./options.ts";
import type { Handler, Request, Response } from "../../types.ts";
import { besides, fileBelow } from "./send.ts";

export type { StaticOptions } from "./options.ts";

/**
 * Middleware: `wrapFile` for a folder that need not be there: then the handler answers everything. After Ring's
 * `wrap-resource`, where the folder is on the class path; here it is below the working directory, or a URL:
 * `new URL("../public/", import.meta.url)`. As in Ring, a folder is not answered with its index.
 *
 * @throws TypeError where an option has an unknown name or another kind of value
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
