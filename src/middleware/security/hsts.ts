/**
 * `Strict-Transport-Security`: https alone from now on. After `ring.middleware.ssl`.
 *
 * @module
 */

import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkFlag, checkHandler, checkNames, checkSeconds } from "../../shared/options.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Options of `wrapHsts`. */
export interface HstsOptions {
  /** Seconds that browsers remember the rule. Default 31536000, a year. 0 makes them forget it. */
  readonly maxAge?: number | undefined;
  /** Whether the rule is for all subdomains too. Default true. */
  readonly includeSubdomains?: boolean | undefined;
  /** Whether browsers may ship with this host in their lists. That is hard to undo. Default false. */
  readonly preload?: boolean | undefined;
}

const YEAR = 31_536_000;

/**
 * Middleware: sets `Strict-Transport-Security`. Browsers then use https alone for this host. After Ring's `wrap-hsts`.
 *
 * The header is sent over https only (RFC 6797, section 7.2); Ring always sends it. Behind a proxy, set the visitor's
 * scheme by `trustProxy` or `wrapForwardedScheme`. A header that the handler has set stays as it is.
 *
 * @throws TypeError if an option has an unknown name or a wrong value, or if `preload` is set without the subdomains
 *   and a year, which the lists demand
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
