/**
 * Only https from now on. After `ring.middleware.ssl`.
 *
 * @module
 */

import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkHandler, checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
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
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new TypeError(`wrapHsts: maxAge must be a whole number of seconds, got ${show(maxAge)}`);
  }
  for (const [name, value] of Object.entries({ includeSubdomains, preload })) {
    if (typeof value !== "boolean") throw new TypeError(`wrapHsts: ${name} must be true or false, got ${show(value)}`);
  }
  if (preload && (!includeSubdomains || maxAge < YEAR)) {
    throw new TypeError(`wrapHsts: preload wants includeSubdomains and a maxAge of ${YEAR} or more`);
  }
  return `max-age=${maxAge}${includeSubdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
