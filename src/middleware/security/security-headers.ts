/**
 * Headers for today's browsers: what a page may load, who may frame it, what it tells other sites. Ring has none of
 * them.
 *
 * A header that the handler has set stays as it is, so a page can have a policy of its own.
 *
 * @module
 */

import { policyText, type sourceDirectives } from "./content-security-policy.ts";
import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkFlag, checkHandler, checkNames } from "../../shared/options.ts";
import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { checkHeaderText } from "../../http/headers.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Sources by directive: `{ "default-src": ["'self'"], "frame-ancestors": ["'none'"] }`. `[]`: no sources. */
export type ContentSecurityPolicy = {
  readonly [directive in (typeof sourceDirectives)[number]]?: readonly string[] | undefined;
};

const referrerPolicies = [
  "no-referrer",
  "no-referrer-when-downgrade",
  "origin",
  "origin-when-cross-origin",
  "same-origin",
  "strict-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
] as const;
const openerPolicies = ["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"] as const;
const resourcePolicies = ["same-origin", "same-site", "cross-origin"] as const;

/** How much of its address a page tells the sites that it links to. */
export type ReferrerPolicy = (typeof referrerPolicies)[number];
/** Which other windows may share a process with the page's window. */
export type CrossOriginOpenerPolicy = (typeof openerPolicies)[number];
/** Which sites may load a response as an image, a script and so on. */
export type CrossOriginResourcePolicy = (typeof resourcePolicies)[number];

/**
 * Middleware: sets `Content-Security-Policy`. Its `frame-ancestors` replaces `X-Frame-Options`.
 *
 * `reportOnly` sends it as `Content-Security-Policy-Report-Only`: browsers report violations and block nothing.
 *
 * @example
 * ```ts
 * import { response } from "ringlet";
 * import { wrapContentSecurityPolicy } from "ringlet/middleware/security-headers";
 *
 * const app = wrapContentSecurityPolicy(() => response("<h1>Hello</h1>"), {
 *   "default-src": ["'self'"],
 *   "object-src": ["'none'"],
 *   "base-uri": ["'none'"],
 *   "frame-ancestors": ["'self'"],
 * });
 * ```
 * @throws TypeError if a directive is unknown, if a source has a space, `;` or `,`, or if a keyword lacks its quotes
 */
export function wrapContentSecurityPolicy<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  policy: ContentSecurityPolicy,
  options: { readonly reportOnly?: boolean | undefined } = {},
): Handler<Req, Res> {
  checkHandler("wrapContentSecurityPolicy", handler);
  checkNames("wrapContentSecurityPolicy", "option", options, ["reportOnly"]);
  const { reportOnly = false } = options;
  checkFlag("wrapContentSecurityPolicy", "reportOnly", reportOnly);
  const name = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  return adding(handler, name, policyText("wrapContentSecurityPolicy", policy));
}

/**
 * Middleware: sets `Referrer-Policy`. Of a list, browsers use the last policy that they know.
 *
 * @throws TypeError for another policy
 */
export function wrapReferrerPolicy<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  policy: ReferrerPolicy | readonly ReferrerPolicy[] = "strict-origin-when-cross-origin",
): Handler<Req, Res> {
  checkHandler("wrapReferrerPolicy", handler);
  const policies: readonly unknown[] = typeof policy === "string" || !Array.isArray(policy) ? [policy] : policy;
  if (policies.length === 0) throw new TypeError("wrapReferrerPolicy: the list of policies is empty");
  const names = policies.map((each) => oneOf("wrapReferrerPolicy", each, referrerPolicies));
  return adding(handler, "referrer-policy", names.join(", "));
}

/**
 * Middleware: sets `Cross-Origin-Opener-Policy`. A window of another site that opened this page cannot reach into it.
 *
 * @throws TypeError for another policy
 */
export function wrapCrossOriginOpenerPolicy<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  policy: CrossOriginOpenerPolicy = "same-origin",
): Handler<Req, Res> {
  checkHandler("wrapCrossOriginOpenerPolicy", handler);
  const value = oneOf("wrapCrossOriginOpenerPolicy", policy, openerPolicies);
  return adding(handler, "cross-origin-opener-policy", value);
}

/**
 * Middleware: sets `Cross-Origin-Resource-Policy`. Other sites cannot load these responses into their pages.
 *
 * @throws TypeError for another policy
 */
export function wrapCrossOriginResourcePolicy<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  policy: CrossOriginResourcePolicy = "same-origin",
): Handler<Req, Res> {
  checkHandler("wrapCrossOriginResourcePolicy", handler);
  const value = oneOf("wrapCrossOriginResourcePolicy", policy, resourcePolicies);
  return adding(handler, "cross-origin-resource-policy", value);
}

/**
 * Middleware: sets `Permissions-Policy`, which names the sites that may use a feature on this page:
 * `{ camera: [], geolocation: ["self", "https://maps.example"] }`. `[]`: no site.
 *
 * @throws TypeError if a feature or a site cannot be part of the header
 */
export function wrapPermissionsPolicy<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  policy: Readonly<Record<string, readonly string[]>>,
): Handler<Req, Res> {
  checkHandler("wrapPermissionsPolicy", handler);
  if (!isPlainObject(policy) || Object.keys(policy).length === 0) {
    throw new TypeError(`wrapPermissionsPolicy: policy must be an object of features, got ${kindOf(policy)}`);
  }
  const features = Object.entries(policy).map(([feature, sites]) => featureText(feature, sites));
  return adding(handler, "permissions-policy", features.join(", "));
}

function featureText(feature: string, sites: unknown): string {
  const where = `wrapPermissionsPolicy: ${feature}`;
  checkHeaderText("wrapPermissionsPolicy: a feature", feature, ' =,;()"');
  if (!Array.isArray(sites)) throw new TypeError(`${where} must be a list of sites, got ${kindOf(sites)}`);
  for (const site of sites as readonly unknown[]) checkHeaderText(`${where}: a site`, site, ' ,;()"\\');
  const names = (sites as readonly string[]).map((site) => (site === "self" || site === "*" ? site : `"${site}"`));
  return `${feature}=(${names.join(" ")})`;
}

function oneOf(where: string, given: unknown, known: readonly string[]): string {
  if (typeof given === "string" && known.includes(given)) return given;
  throw new TypeError(`${where}: policy must be one of ${known.join(", ")}; got ${show(given)}`);
}

function adding<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  name: string,
  value: string,
): Handler<Req, Res> {
  return onResponse(handler, (response) => withDefaultHeader(response, name, value));
}
