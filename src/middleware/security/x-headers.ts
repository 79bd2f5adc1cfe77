/**
 * The older headers against framing and sniffing. After `ring.middleware.x-headers`. Headers for today's browsers are
 * in `ringlet/middleware/security-headers`.
 *
 * A header that the handler has set stays as it is. Ring's middleware replaces it.
 *
 * @module
 */

import { onResponse, withDefaultHeader } from "../on-response.ts";
import { checkChoice, checkHandler, checkNames } from "../../shared/options.ts";
import { isPlainObject, show } from "../../shared/values.ts";
import { checkHeaderText } from "../../http/headers.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Who may show a page in a frame. Browsers ignore `allowFrom`; use `frame-ancestors` of a Content-Security-Policy. */
export type FrameOptions = "deny" | "sameorigin" | { readonly allowFrom: string };

/**
 * Middleware: sets `X-Frame-Options`, against clickjacking. After Ring's `wrap-frame-options`.
 *
 * @throws TypeError for another value
 */
export function wrapFrameOptions<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: FrameOptions,
): Handler<Req, Res> {
  checkHandler("wrapFrameOptions", handler);
  const value = frameOptionsText(options);
  return onResponse(handler, (response) => withDefaultHeader(response, "x-frame-options", value));
}

/**
 * Middleware: sets `X-Content-Type-Options: nosniff`, so that browsers do not run a text as a script. After Ring's
 * `wrap-content-type-options`.
 *
 * @throws TypeError for another value
 */
export function wrapContentTypeOptions<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  option: "nosniff" = "nosniff",
): Handler<Req, Res> {
  checkHandler("wrapContentTypeOptions", handler);
  if (option !== "nosniff") throw new TypeError(`wrapContentTypeOptions: expected "nosniff", got ${show(option)}`);
  return onResponse(handler, (response) => withDefaultHeader(response, "x-content-type-options", option));
}

/**
 * Middleware: sets `X-XSS-Protection`, for browsers that still have that filter. `false` (`0`) turns the filter off.
 * That is today's advice, because the filter itself could be used to attack a page. After Ring's `wrap-xss-protection`.
 *
 * @throws TypeError for other values
 */
export function wrapXssProtection<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  enable: boolean,
  options: { readonly mode?: "block" | undefined } = {},
): Handler<Req, Res> {
  checkHandler("wrapXssProtection", handler);
  checkNames("wrapXssProtection", "option", options, ["mode"]);
  const { mode } = options;
  if (typeof enable !== "boolean") {
    throw new TypeError(`wrapXssProtection: enable must be true or false, got ${show(enable)}`);
  }
  checkChoice("wrapXssProtection", "mode", mode, ["block"]);
  const value = `${enable ? "1" : "0"}${mode === undefined ? "" : "; mode=block"}`;
  return onResponse(handler, (response) => withDefaultHeader(response, "x-xss-protection", value));
}

function frameOptionsText(options: unknown): string {
  if (options === "deny" || options === "sameorigin") return options.toUpperCase();
  if (!isPlainObject(options)) {
    throw new TypeError(`wrapFrameOptions: expected "deny", "sameorigin" or { allowFrom }, got ${show(options)}`);
  }
  checkNames("wrapFrameOptions", "option", options, ["allowFrom"]);
  const { allowFrom } = options;
  checkHeaderText("wrapFrameOptions: allowFrom", allowFrom, " ,;");
  return `ALLOW-FROM ${allowFrom}`;
}
