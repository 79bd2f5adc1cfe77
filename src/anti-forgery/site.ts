import { show } from "../shared/values.ts";
import { onlyValue, ownOrigin, type TargetRequest } from "./origin.ts";

/** Reason and message of a request that is refused before its token is read. */
export type SiteFault = readonly [reason: "cross-site" | "foreign-origin" | "unknown-site", message: string];

const SITES = ["same-origin", "same-site", "cross-site", "none"];

/**
 * Returns where the page is that sent a request, as its browser says. `"same-origin"` is a page of this origin or of a
 * trusted one. A page elsewhere is a fault, and so is an unknown value. The result is undefined if the browser does not
 * say, and if the user has typed the address.
 *
 * Sec-Fetch-Site is checked first: no page can set it, and no proxy changes it. Origin (RFC 6454, section 7) is second.
 */
export function siteOf(request: TargetRequest, trusted: ReadonlySet<string>): "same-origin" | SiteFault | undefined {
  const site = onlyValue(request, "sec-fetch-site");
  const origin = onlyValue(request, "origin");
  if (site === "same-origin" || (origin !== undefined && trusted.has(origin))) return "same-origin";
  if (site === "cross-site" || site === "same-site") {
    const cure = "a page elsewhere may send what is in trustedOrigins";
    return ["cross-site", `Sec-Fetch-Site is ${site}, Origin is ${show(origin)}; ${cure}`];
  }
  if (origin !== undefined) return compareOrigin(origin, request);
  if (site === undefined || site === "none") return undefined;
  return [
    "unknown-site",
    `Sec-Fetch-Site is ${show(site)}, which is none of ${SITES.join(", ")}, and there is no Origin`,
  ];
}

function compareOrigin(origin: string, request: TargetRequest): "same-origin" | SiteFault {
  const own = ownOrigin(request);
  if (origin === own) return "same-origin";
  const cure =
    "where a proxy changes scheme or host, tell the server whom to trust, or list the origin in trustedOrigins";
  return ["foreign-origin", `Origin is ${show(origin)}, the request came to ${show(own)}; ${cure}`];
}
