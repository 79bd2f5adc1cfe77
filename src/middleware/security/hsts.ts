/**
 * Only https from now on. After `ring.middleware.ssl`.
 *
 * @module
 */

import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkFlag, checkHandler, checkNames, checkSeconds } from "../../shared/options.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** What `wrapHsts` may be told. */
export interface HstsOptions {
  /** Seconds that browsers remember it. Default 31536000: a year. 0 makes them forget. */
  readonly maxAge?: number | undefined;
  /** For all subdomains too. Default true. */
  readonly includeSubdomains?: boolean | undefined;
  /** Agrees to be in the lists that browsers are shipped with, which is hard to undo. Default false. */
  readonly preload?: boolean | undefined;
}

const YEAR = 31_536_000;

/**
 * Middleware: `Strict-Transport-Security`, after which a browser asks this host by https alone. After Ring's `wrap-hsts`.
 *
 * Sent over https only (RFC 6797, section 7.2), where Ring sends it always: behind a proxy the scheme must be the
 * visitor's, by `trustProxy` or `wrapForwardedScheme`. A handler's own header is left as it is.
 *
 * @throws TypeError where an option has an unknown name or another kind of value, or where `preload` is asked for
 *   without the subdomains and a year, which the lists demand
 */
export function wrapHsts<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: HstsOptions = {},
): Handler<Req, Res> {
  checkHandler("wrapHsts", handler);
  const value = hstsText(options);
  return onResponse(handler, (response, request) =>
    request.scheme === "https" ? withDefaultHeader(response, "strict-transport-security", value) : response,
  );
}

function hstsText(options: HstsOptions): string {
  checkNames("wrapHsts", "option", options, ["maxAge", "includeSubdomains", "preload"]);
  const { maxAge = YEAR, includeSubdomains = true, preload = false } = options;
  checkSeconds("wrapHsts", "maxAge", maxAge);
  checkFlag("wrapHsts", "includeSubdomains", includeSubdomains);
  checkFlag("wrapHsts", "preload", preload);
  if (preload && (!includeSubdomains || maxAge < YEAR)) {
    throw new TypeError(`wrapHsts: preload wants includeSubdomains and a maxAge of ${YEAR} or more`);
  }
  return `max-age=${maxAge}${includeSubdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
