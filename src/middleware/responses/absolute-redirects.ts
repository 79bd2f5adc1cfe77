/**
 * Redirects with a scheme and a host. After `ring.middleware.absolute-redirects`.
 *
 * @module
 */

import { onResponse } from "../on-response.ts";
import { checkHandler } from "../../shared/options.ts";
import { authorityOf, requestHost } from "../../http/host.ts";
import { getHeader, header } from "../../response.ts";
import type { Handler, Request, Response } from "../../types.ts";

const statuses: readonly (number | undefined)[] = [201, 301, 302, 303, 307, 308];

/**
 * Middleware: makes a relative `Location` absolute, for clients older than RFC 7231 (2014). After Ring's
 * `wrap-absolute-redirects`, and for 308 too.
 *
 * The host is that of the request's Host header, so a cache in front must tell hosts apart. If the header is missing or
 * malformed, the location stays as it is.
 */
export function wrapAbsoluteRedirects<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
): Handler<Req, Res> {
  checkHandler("wrapAbsoluteRedirects", handler);
  return onResponse(handler, (response, request) => {
    const location = statuses.includes(response.status) ? getHeader(response, "location") : undefined;
    const host = requestHost(request);
    if (typeof location !== "string" || host === undefined || URL.canParse(location)) return response;
    const query = request.queryString === undefined ? "" : `?${request.queryString}`;
    // `OPTIONS *` has no path. The location must not become a part of the host.
    const path = request.uri.startsWith("/") ? request.uri : "/";
    const base = `${request.scheme ?? "http"}://${authorityOf(host)}${path}${query}`;
    return URL.canParse(location, base) ? header(response, "location", new URL(location, base).href) : response;
  });
}
