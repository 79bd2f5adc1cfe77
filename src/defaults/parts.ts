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
export interface XssProtection {
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

/** Whether a map says for certain that a part of one of its sections is on. */
export type Has<D, P extends string, K extends string> = D extends { readonly [Key in P]: infer M } ? On<M, K> : false;

const PARTS = {
  params: ["urlencoded", "multipart", "nested", "keywordize"],
  security: ["antiForgery", "xssProtection", "frameOptions", "contentTypeOptions", "sslRedirect", "hsts"],
  static: ["resources", "files"],
  responses: ["notModifiedResponses", "absoluteRedirects", "contentLength", "contentTypes", "defaultCharset"],
} as const;

/** Of these there are no options. */
const FLAGS = ["keywordize", "notModifiedResponses", "absoluteRedirects", "contentLength", "flash"];

/**
 * Refuses a map with a part that has an unknown name, or is not what a part can be.
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
  // What else is wrong with options their own middleware says.
  if (value === null || typeof value === "number") {
    throw new TypeError(`wrapDefaults: ${path} must be options, or false to leave it out, got ${show(value)}`);
  }
}
