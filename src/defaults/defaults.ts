/**
 * The middleware that most applications need, in the right order. One map switches it on and off. After
 * `ring-defaults`.
 *
 * @module
 */

import { wrapAntiForgery } from "../anti-forgery/anti-forgery.ts";
import { wrapCookies } from "../cookies/cookies.ts";
import { wrapFlash } from "../flash.ts";
import { checkHandler } from "../shared/options.ts";
import { wrapAbsoluteRedirects } from "../middleware/responses/absolute-redirects.ts";
import { wrapContentLength } from "../middleware/responses/content-length.ts";
import { wrapContentType } from "../middleware/responses/content-type.ts";
import { wrapDefaultCharset } from "../middleware/responses/default-charset.ts";
import { wrapFile, type StaticOptions } from "../middleware/files/file.ts";
import { wrapForwardedRemoteAddr, wrapForwardedScheme } from "../middleware/security/forwarded.ts";
import { wrapHsts } from "../middleware/security/hsts.ts";
import { wrapKeywordParams } from "../middleware/params/keyword-params.ts";
import { wrapMultipartParams } from "../middleware/params/multipart-params.ts";
import { wrapNestedParams } from "../middleware/params/nested-params.ts";
import { wrapNotModified } from "../middleware/responses/not-modified.ts";
import { wrapParams } from "../middleware/params/params.ts";
import { wrapResource } from "../middleware/files/resource.ts";
import { wrapSslRedirect } from "../middleware/security/ssl-redirect.ts";
import { wrapContentTypeOptions, wrapFrameOptions, wrapXssProtection } from "../middleware/security/x-headers.ts";
import { wrapSession } from "../session/session.ts";
import { checkParts, type Defaults, type DefaultsRequest, type Has, type Served, type XssProtection } from "./parts.ts";
import type {
  CookiesResponse,
  FlashRequest,
  FlashResponse,
  Handler,
  Json,
  Request,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../types.ts";

export { assocIn, type AssocIn } from "./assoc-in.ts";
export * from "./maps.ts";
export type { Defaults, DefaultsRequest, Part, Served } from "./parts.ts";

type WithSession<S extends object, F> = SessionRequest<S> & FlashRequest<F>;
type DefaultsResponse<S extends object, F> = Response & CookiesResponse & SessionResponse<S> & FlashResponse<F>;

/**
 * Middleware: puts everything that a map switches on around a handler. Start from one of the four maps, and change it
 * by spreading or by `assocIn`. The type of the handler's request has the properties of the parts that are switched on,
 * and of no others.
 *
 * The order is that of ring-defaults: proxy headers, https, other headers, static files, cookies, params, session,
 * flash, anti-forgery, handler. So a static file or a redirect costs no session.
 *
 * @example
 * ```ts
 * import { memoryStore, response } from "ringlet";
 * import { siteDefaults, wrapDefaults } from "ringlet/defaults";
 *
 * const app = wrapDefaults((request) => response(`Hello ${String(request.params["name"] ?? "stranger")}`), {
 *   ...siteDefaults,
 *   session: { ...siteDefaults.session, store: memoryStore(), cookieName: "example-app-sessions" },
 * });
 * ```
 * @throws TypeError if a part has an unknown name, if its middleware refuses its options, or if a folder of
 *   `static.files` does not exist
 */
export function wrapDefaults<
  const D extends Defaults<S> & { readonly session: object },
  S extends object = SessionData,
  F = Json,
  Req extends Request = Request,
>(
  handler: Handler<Req & WithSession<S, F> & DefaultsRequest<D>, DefaultsResponse<NoInfer<S>, NoInfer<F>>>,
  defaults: D & { readonly session: SessionOptions<S> },
): Handler<Omit<Req, keyof WithSession<S, F> | keyof DefaultsRequest<D>> & Request>;
export function wrapDefaults<
  const D extends Defaults & { readonly session?: false | undefined },
  Req extends Request = Request,
  Res extends Response & CookiesResponse = Response & CookiesResponse,
>(
  handler: Handler<Req & DefaultsRequest<D>, Res>,
  defaults: D,
): Handler<Omit<Req, keyof DefaultsRequest<D>> & Needed<D> & Request, Res | Response>;
export function wrapDefaults(handler: Handler, defaults: Defaults): Handler {
  checkHandler("wrapDefaults", handler);
  checkParts(defaults);
  return layers(defaults).reduce((inner, wrap) => wrap(inner), handler);
}

/** The session that the request must have. Anti-forgery keeps its secret in one, and here the map makes none. */
type Needed<D> = Has<D, "security", "antiForgery"> extends true ? SessionRequest<object> : object;

/** Puts a middleware around a handler, or returns the handler if the middleware's part is off. */
type Layer = (handler: Handler) => Handler;

/** Returns the layers of a map, the innermost first. */
function layers(defaults: Defaults): readonly Layer[] {
  const { params, cookies, session, security, static: served, responses, proxy } = defaults;
  const { flash, ...sessionOptions } = session || {};
  const { urlencoded, multipart, nested, keywordize } = params || {};
  const { antiForgery, xssProtection, frameOptions, contentTypeOptions, hsts, sslRedirect } = security || {};
  const { notModifiedResponses, absoluteRedirects, contentLength, contentTypes, defaultCharset } = responses || {};
  const { resources, files } = served || {};
  const trusted = proxy === true ? { trust: true as const } : proxy;
  return [
    layer(antiForgery, (handler, options) => wrapAntiForgery(handler, options)),
    layer(flash, (handler) => wrapFlash(handler)),
    layer(session && sessionOptions, (handler, options) => wrapSession(handler, options)),
    layer(keywordize, (handler) => wrapKeywordParams(handler)),
    layer(nested, (handler, options) => wrapNestedParams(handler, options)),
    layer(multipart, (handler, options) => wrapMultipartParams(handler, options)),
    layer(urlencoded, (handler, options) => wrapParams(handler, options)),
    layer(cookies, (handler, options) => wrapCookies(handler, options)),
    layer(absoluteRedirects, (handler) => wrapAbsoluteRedirects(handler)),
    ...foldersOf(resources).map(([root, options]) => layer(root, (handler) => wrapResource(handler, root, options))),
    ...foldersOf(files).map(([root, options]) => layer(root, (handler) => wrapFile(handler, root, options))),
    layer(contentTypes, (handler, options) => wrapContentType(handler, options)),
    layer(defaultCharset, (handler, charset) => wrapDefaultCharset(handler, charset)),
    layer(notModifiedResponses, (handler) => wrapNotModified(handler)),
    layer(contentLength, (handler) => wrapContentLength(handler)),
    layer(xssProtection, (handler, options) => withXssProtection(handler, options)),
    layer(frameOptions, (handler, options) => wrapFrameOptions(handler, options)),
    layer(contentTypeOptions, (handler, option) => wrapContentTypeOptions(handler, option)),
    layer(hsts, (handler, options) => wrapHsts(handler, options)),
    layer(sslRedirect, (handler, options) => wrapSslRedirect(handler, options)),
    layer(trusted, (handler, options) => wrapForwardedScheme(handler, options)),
    layer(trusted, (handler, options) => wrapForwardedRemoteAddr(handler, options)),
  ];
}

/** Returns the layer of a part. `wrap` gets the options of the part, or undefined if the part is `true`. */
function layer<Option>(option: Option, wrap: (handler: Handler, options: Told<Option>) => Handler<never>): Layer {
  if (option === undefined || option === false) return (handler) => handler;
  const told = (option === true ? undefined : option) as Told<Option>;
  return (handler) => wrap(handler, told) as Handler;
}

type Told<Option> = (true extends Option ? undefined : never) | Exclude<Option, boolean | undefined>;

function withXssProtection(handler: Handler, { enable = true, ...options }: XssProtection = {}): Handler {
  return wrapXssProtection(handler, enable, options);
}

function foldersOf(served: Served | undefined): readonly (readonly [root: string | URL, options?: StaticOptions])[] {
  if (served === undefined || served === false) return [];
  if (typeof served === "string" || served instanceof URL) return [[served]];
  if (Array.isArray(served)) return served.map((root: string | URL) => [root] as const);
  const { root, ...options } = served as StaticOptions & { readonly root: string | URL };
  return [[root, options]];
}
