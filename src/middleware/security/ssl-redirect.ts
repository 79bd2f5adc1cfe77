/**
 * From http to https. After `ring.middleware.ssl`.
 *
 * @module
 */

import { checkHandler, checkNames, checkWhole } from "../../shared/options.ts";
import { requestHost } from "../../http/host.ts";
import { badRequest, redirect } from "../../response.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** What `wrapSslRedirect` may be told. */
export interface SslRedirectOptions {
  /** The port of https in the new URL. Default: none, which is 443. */
  readonly sslPort?: number | undefined;
}

/**
 * Middleware: sends a request that did not come over https to the same path and query there: 301 for GET and HEAD,
 * otherwise 307, which keeps method and body. After Ring's `wrap-ssl-redirect`.
 *
 * The host is that of the request. Where that is no host, it answers 400. Behind a proxy the scheme must be the
 * visitor's, by `trustProxy` or `wrapForwardedScheme`: otherwise this goes round in circles.
 *
 * @throws TypeError where an option has an unknown name, or the port is none
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
