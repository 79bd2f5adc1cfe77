/**
 * The middleware that most applications want, in the right order, switched by one map. After `ring-defaults`.
 *
 * @module
 */

import { wrapAntiForgery, type AntiForgeryOptions, type AntiForgeryRequest } from "../anti-forgery/anti-forgery.ts";
import { wrapCookies, type CookiesOptions } from "../cookies/cookies.ts";
import { wrapFlash } from "../flash.ts";
import { checkHandler, checkNames } from "../shared/options.ts";
import { isPlainObject, show } from "../shared/values.ts";
import { wrapAbsoluteRedirects } from "../middleware/responses/absolute-redirects.ts";
import { wrapContentLength } from "../middleware/responses/content-length.ts";
import { wrapContentType, type ContentTypeOptions } from "../middleware/responses/content-type.ts";
import { wrapDefaultCharset } from "../middleware/responses/default-charset.ts";
import { wrapFile, type StaticOptions } from "../middleware/files/file.ts";
import {
  wrapForwardedRemoteAddr,
  wrapForwardedScheme,
  type ForwardedOptions,
} from "../middleware/security/forwarded.ts";
import { wrapHsts, type HstsOptions } from "../middleware/security/hsts.ts";
import { wrapKeywordParams } from "../middleware/params/keyword-params.ts";
import {
  wrapMultipartParams,
  type MultipartParamsOptions,
  type MultipartParamsRequest,
} from "../middleware/params/multipart-params.ts";
import { wrapNestedParams, type NestedParamsOptions } from "../middleware/params/nested-params.ts";
import { wrapNotModified } from "../middleware/responses/not-modified.ts";
import { wrapParams, type ParamsOptions, type ParamsRequest } from "../middleware/params/params.ts";
import { wrapResource } from "../middleware/files/resource.ts";
import { wrapSslRedirect, type SslRedirectOptions } from "../middleware/security/ssl-redirect.ts";
import {
  type FrameOptions,
  wrapContentTypeOptions,
  wrapFrameOptions,
  wrapXssProtection,
} from "../middleware/security/x-headers.ts";
import { wrapSession } from "../session/session.ts";
import type {
  CookiesRequest,
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

/** A part: `true` switches it on as it comes, options switch it on with them; `false`, or no word of it, leaves it out. */
export type Part<Options = never> = boolean | Options | undefined;

/** What `wrapDefaults` takes: which middleware, and with which options. */
export interface Defaults<S extends object = SessionData> {
  readonly params?:
    | false
    | {
        readonly urlencoded?: Part<ParamsOptions>;
        readonly multipart?: Part<MultipartParamsOptions>;
        readonly nested?: Part<NestedParamsOptions>;
        /** `first-name` is `params.firstName`. */
        readonly keywordize?: Part;
      };
  readonly cookies?: Part<CookiesOptions>;
  /** The options of `wrapSession`; and whether there is a flash. */
  readonly session?: false | (SessionOptions<S> & { readonly flash?: Part });
  readonly security?:
    | false
    | {
        readonly antiForgery?: Part<AntiForgeryOptions>;
        readonly xssProtection?: Part<XssProtection>;
        readonly frameOptions?: FrameOptions | false;
        readonly contentTypeOptions?: Part<"nosniff">;
        readonly sslRedirect?: Part<SslRedirectOptions>;
        readonly hsts?: Part<HstsOptions>;
      };
  readonly static?:
    | false
    | {
        /** A folder that may be missing; see `wrapResource`. */
        readonly resources?: Served;
        /** A folder that must be there; see `wrapFile`. */
        readonly files?: Served;
      };
  readonly responses?:
    | false
    | {
        readonly notModifiedResponses?: Part;
        readonly absoluteRedirects?: Part;
        readonly contentLength?: Part;
        readonly contentTypes?: Part<ContentTypeOptions>;
        readonly defaultCharset?: string | false;
      };
  /** Behind a proxy: whose `X-Forwarded-Proto` and `X-Forwarded-For` to believe. `true` is Ring's: whoever sends them. */
  readonly proxy?: Part<ForwardedOptions>;
}

/** The header that old browsers understood: on by default, or with `enable: false` told to be off. */
interface XssProtection {
  readonly enable?: boolean;
  readonly mode?: "block";
}

/** One folder, several, or one with options. */
export type Served =
  | false
  | string
  | URL
  | readonly (string | URL)[]
  | (StaticOptions & { readonly root: string | URL });

/** What a handler finds on its request, besides a session, under a map of defaults. */
export type DefaultsRequest<D> = (Has<D, "params", "urlencoded"> extends true ? ParamsRequest : object) &
  (Has<D, "params", "multipart"> extends true ? MultipartParamsRequest : object) &
  (On<D, "cookies"> extends true ? CookiesRequest : object) &
  (Has<D, "security", "antiForgery"> extends true ? AntiForgeryRequest : object);

/** Whether a map says for certain that something is on: what is `boolean` may be off. */
type On<M, K extends string> = M extends { readonly [Key in K]: infer V }
  ? false extends V
    ? false
    : undefined extends V
      ? false
      : true
  : false;
type Has<D, P extends string, K extends string> = D extends { readonly [Key in P]: infer M } ? On<M, K> : false;

type WithSession<S extends object, F> = SessionRequest<S> & FlashRequest<F>;
type Answer<S extends object, F> = Response & CookiesResponse & SessionResponse<S> & FlashResponse<F>;

/**
 * Middleware: all that a map switches on, round a handler. Start from one of the four maps, and change it by spreading
 * or by `assocIn`. What a part adds to the request, the handler may demand; what is switched off, it may not.
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
 * @throws TypeError where a part has an unknown name, or is not as its middleware wants it; where a folder of
 *   `static.files` is not there, too
 */
export function wrapDefaults<
  const D extends Defaults<S> & { readonly session: object },
  S extends object = SessionData,
  F = Json,
  Req extends Request = Request,
>(
  handler: Handler<Req & WithSession<S, F> & DefaultsRequest<D>, Answer<NoInfer<S>, NoInfer<F>>>,
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
  return layers(defaults).reduce<Handler>((inner, [wrap, ...options]) => switched(inner, wrap, options), handler);
}

/** Anti-forgery keeps its token in a session: where there is none here, one must stand outside. */
type Needed<D> = Has<D, "security", "antiForgery"> extends true ? SessionRequest<object> : object;

/** A middleware, its option, and for some another one: what says "on" comes first. */
type Layer = readonly [wrap: (handler: never, ...options: never[]) => unknown, option: unknown, more?: unknown];

/** The innermost first. */
function layers(defaults: Defaults): readonly Layer[] {
  const { params, cookies, session, security, static: served, responses, proxy } = defaults;
  const { flash, ...sessionOptions } = session || {};
  const { urlencoded, multipart, nested, keywordize } = params || {};
  const { antiForgery, xssProtection, frameOptions, contentTypeOptions, hsts, sslRedirect } = security || {};
  const { notModifiedResponses, absoluteRedirects, contentLength, contentTypes, defaultCharset } = responses || {};
  const { resources, files } = served || {};
  const trusted = proxy === true ? { trust: true } : proxy;
  return [
    [wrapAntiForgery, antiForgery],
    [wrapFlash, flash],
    [wrapSession, session && sessionOptions],
    [wrapKeywordParams, keywordize],
    [wrapNestedParams, nested],
    [wrapMultipartParams, multipart],
    [wrapParams, urlencoded],
    [wrapCookies, cookies],
    [wrapAbsoluteRedirects, absoluteRedirects],
    ...folders(resources).map(([root, options]) => [wrapResource, root, options] as const),
    ...folders(files).map(([root, options]) => [wrapFile, root, options] as const),
    [wrapContentType, contentTypes],
    [wrapDefaultCharset, defaultCharset],
    [wrapNotModified, notModifiedResponses],
    [wrapContentLength, contentLength],
    [withXssProtection, xssProtection],
    [wrapFrameOptions, frameOptions],
    [wrapContentTypeOptions, contentTypeOptions],
    [wrapHsts, hsts],
    [wrapSslRedirect, sslRedirect],
    [wrapForwardedScheme, trusted],
    [wrapForwardedRemoteAddr, trusted],
  ];
}

function withXssProtection(handler: Handler, { enable = true, ...options }: XssProtection = {}): Handler {
  return wrapXssProtection(handler, enable, options);
}

function switched(inner: Handler, wrap: Layer[0], [option, more]: readonly unknown[]): Handler {
  if (option === undefined || option === false) return inner;
  const options = option === true ? [] : more === undefined ? [option] : [option, more];
  return wrap(inner as never, ...(options as never[])) as Handler;
}

function folders(served: Served | undefined): readonly (readonly [root: string | URL, options?: StaticOptions])[] {
  if (served === undefined || served === false) return [];
  if (typeof served === "string" || served instanceof URL) return [[served]];
  if (Array.isArray(served)) return served.map((root: string | URL) => [root] as const);
  const { root, ...options } = served as StaticOptions & { readonly root: string | URL };
  return [[root, options]];
}

const PARTS = {
  params: ["urlencoded", "multipart", "nested", "keywordize"],
  security: ["antiForgery", "xssProtection", "frameOptions", "contentTypeOptions", "sslRedirect", "hsts"],
  static: ["resources", "files"],
  responses: ["notModifiedResponses", "absoluteRedirects", "contentLength", "contentTypes", "defaultCharset"],
} as const;

/** Of these there are no options. */
const FLAGS = ["keywordize", "notModifiedResponses", "absoluteRedirects", "contentLength", "flash"];

function checkParts(defaults: Defaults): void {
  checkNames("wrapDefaults", "part", defaults, ["cookies", "session", "proxy", ...Object.keys(PARTS)]);
  for (const [section, names] of Object.entries(PARTS)) {
    const given: unknown = defaults[section as keyof typeof PARTS];
    if (given === undefined || given === false) continue;
    checkNames(`wrapDefaults: ${section}`, "part", given, names);
    for (const [name, value] of Object.entries(given as object)) checkPart(`${section}.${name}`, name, value);
  }
  const { cookies, session, proxy } = defaults;
  checkPart("cookies", "cookies", cookies);
  checkPart("proxy", "proxy", proxy);
  if (session === undefined || session === false) return;
  if (!isPlainObject(session)) {
    throw new TypeError(`wrapDefaults: session must be an object of options, or false, got ${show(session)}`);
  }
  checkPart("session.flash", "flash", session["flash"]);
}

function checkPart(path: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  if (FLAGS.includes(name)) throw new TypeError(`wrapDefaults: ${path} must be true or false, got ${show(value)}`);
  // What else is wrong with options their own middleware says.
  if (value === null || typeof value === "number") {
    throw new TypeError(`wrapDefaults: ${path} must be options, or false to leave it out, got ${show(value)}`);
  }
}
