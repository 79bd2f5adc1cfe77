/**
 * Redirects from http to https. After `ring.middleware.ssl`.
 *
 * @module
 */

import { checkHandler, checkNames, checkWhole } from "../../shared/options.ts";
import { requestHost } from "../../http/host.ts";
import { badRequest, redirect } from "../../response.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Options of `wrapSslRedirect`. */
export interface SslRedirectOptions {
  /** The port of the https URL. Default: none, which is 443. */
  readonly sslPort?: number | undefined;
}

/**
 * Middleware: redirects a request that did not come over https to the same path and query over https. The status is 301
 * for GET and HEAD. Otherwise it is 307, which keeps method and body. After Ring's `wrap-ssl-redirect`.
 *
 * The host is that of the request. If it is missing or malformed, the response is a 400. Behind a proxy, set the
 * visitor's scheme by `trustProxy` or `wrapForwardedScheme`. Otherwise the redirect leads back to itself.
 *
 * @throws TypeError if an option has an unknown name, or if the port is no port
 */
export function wrapSslRedirect<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: SslRedirectOptions = {},
): Handler<Req, Res | Response> {
  checkHandler("wrapSslRedirect", handler);
  checkNames("wrapSslRedirect", "option", options, ["sslPort"]);
  const { sslPort = 443 } = options;
  checkWhole("wrapSslRedirect", "sslPort", sslPort, 1, 65_535);
  return (request) => (request.scheme === "https" ? handler(request) : redirectToHttps(request, sslPort));
}

function redirectToHttps(request: Request, port: number): Response {
  const host = requestHost(request);
  const query = request.queryString === undefined ? "" : `?${request.queryString}`;
  // The path of `OPTIONS *` is no path of a URL.
  const path = request.uri.startsWith("/") ? request.uri : "/";
  const url = `https://${host?.name}:${port}${path}${query}`;
  if (host === undefined || !URL.canParse(url)) return badRequest("");
  // URL encodes what must not stand in a header.
  return redirect(new URL(url).href, request.method === "GET" || request.method === "HEAD" ? 301 : 307);
}
