import type { AntiForgeryOptions, AntiForgeryRequest } from "../anti-forgery/anti-forgery.ts";
import type { CookiesOptions } from "../cookies/cookies.ts";
import type { StaticOptions } from "../middleware/files/file.ts";
import type { MultipartParamsOptions, MultipartParamsRequest } from "../middleware/params/multipart-params.ts";
import type { NestedParamsOptions } from "../middleware/params/nested-params.ts";
import type { ParamsOptions, ParamsRequest } from "../middleware/params/params.ts";
import type { ContentTypeOptions } from "../middleware/responses/content-type.ts";
import type { ForwardedOptions } from "../middleware/security/forwarded.ts";
import type { HstsOptions } from "../middleware/security/hsts.ts";
import type { SslRedirectOptions } from "../middleware/security/ssl-redirect.ts";
import type { FrameOptions } from "../middleware/security/x-headers.ts";
import { checkFlag, checkNames } from "../shared/options.ts";
import { isPlainObject, show } from "../shared/values.ts";
import type { CookiesRequest, SessionData, SessionOptions } from "../types.ts";

/** A part of a map. `true` switches it on, and so do options. `false` leaves it out, and so does a missing part. */
export type Part<Options = never> = boolean | Options | undefined;

/** Map for `wrapDefaults`: which middleware to use, and with which options. */
export interface Defaults<S extends object = SessionData> {
  readonly params?:
    | false
    | {
        readonly urlencoded?: Part<ParamsOptions>;
        readonly multipart?: Part<MultipartParamsOptions>;
        readonly nested?: Part<NestedParamsOptions>;
        /** Makes `first-name` the parameter `params.firstName`. */
        readonly keywordize?: Part;
      };
  readonly cookies?: Part<CookiesOptions>;
  /** The options of `wrapSession`, and whether there is a flash. */
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
        /** A folder that may be missing. See `wrapResource`. */
        readonly resources?: Served;
        /** A folder that must exist. See `wrapFile`. */
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
  /** The proxies whose `X-Forwarded-Proto` and `X-Forwarded-For` count. `true`: those of everybody, as in Ring. */
  readonly proxy?: Part<ForwardedOptions>;
}

/**
 * Options of `X-XSS-Protection`, for old browsers. It is on by default; `enable: false` tells browsers to turn it off.
 */
export interface XssProtection {
  readonly enable?: boolean;
  readonly mode?: "block";
}

/** Folders of static files: one, several, or one with options. */
export type Served =
  | false
  | string
  | URL
  | readonly (string | URL)[]
  | (StaticOptions & { readonly root: string | URL });

/** The properties that a map adds to a handler's request, besides those of a session. */
export type DefaultsRequest<D> = (Has<D, "params", "urlencoded"> extends true ? ParamsRequest : object) &
  (Has<D, "params", "multipart"> extends true ? MultipartParamsRequest : object) &
  (On<D, "cookies"> extends true ? CookiesRequest : object) &
  (Has<D, "security", "antiForgery"> extends true ? AntiForgeryRequest : object);

/** Whether the type of a map says for certain that something is on. A `boolean` may be off. */
type On<M, K extends string> = M extends { readonly [Key in K]: infer V }
  ? false extends V
    ? false
    : undefined extends V
      ? false
      : true
  : false;

/** Whether the type of a map says for certain that a part of a section is on. */
export type Has<D, P extends string, K extends string> = D extends { readonly [Key in P]: infer M } ? On<M, K> : false;

const PARTS = {
  params: ["urlencoded", "multipart", "nested", "keywordize"],
  security: ["antiForgery", "xssProtection", "frameOptions", "contentTypeOptions", "sslRedirect", "hsts"],
  static: ["resources", "files"],
  responses: ["notModifiedResponses", "absoluteRedirects", "contentLength", "contentTypes", "defaultCharset"],
} as const;

/** Parts that have no options. */
const FLAGS = ["keywordize", "notModifiedResponses", "absoluteRedirects", "contentLength", "flash"];

/**
 * Throws if a map has a part with an unknown name, or with a value that no part can have.
 *
 * @throws TypeError
 */
export function checkParts(defaults: Defaults): void {
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
  if (FLAGS.includes(name)) return checkFlag("wrapDefaults", path, value);
  // The middleware itself checks its options.
  if (value === null || typeof value === "number") {
    throw new TypeError(`wrapDefaults: ${path} must be options, or false to leave it out, got ${show(value)}`);
  }
}
