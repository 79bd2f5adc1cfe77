/** Four maps to start from. After `ring-defaults` 0.7; `docs/defaults.md` says where they differ. */

/** Responses as every application wants them. */
export interface ResponseDefaults {
  readonly notModifiedResponses: true;
  readonly absoluteRedirects: false;
  readonly contentLength: true;
  readonly contentTypes: true;
  readonly defaultCharset: "utf-8";
}

/** What `apiDefaults` holds. */
export interface ApiDefaults {
  readonly params: { readonly urlencoded: true; readonly keywordize: true };
  readonly responses: ResponseDefaults;
}

/** What `siteDefaults` holds. */
export interface SiteDefaults {
  readonly params: {
    readonly urlencoded: true;
    readonly multipart: true;
    readonly nested: true;
    readonly keywordize: true;
  };
  readonly cookies: true;
  readonly session: { readonly flash: true; readonly cookieAttrs: { readonly httpOnly: true } };
  readonly security: {
    readonly antiForgery: { readonly safeHeader: "X-Ring-Anti-Forgery" };
    readonly frameOptions: "sameorigin";
    readonly contentTypeOptions: "nosniff";
  };
  readonly static: { readonly resources: "public" };
  readonly responses: ResponseDefaults;
}

/** What `secureApiDefaults` and `secureSiteDefaults` add to `security`. */
export interface SecureDefaults {
  readonly sslRedirect: true;
  readonly hsts: true;
}

/** What `secureApiDefaults` holds. */
export interface SecureApiDefaults extends ApiDefaults {
  readonly security: SecureDefaults;
}

/** What `secureSiteDefaults` holds. */
export interface SecureSiteDefaults extends SiteDefaults {
  readonly session: {
    readonly flash: true;
    readonly cookieAttrs: { readonly httpOnly: true; readonly secure: true };
    readonly cookieName: "secure-ring-session";
  };
  readonly security: SiteDefaults["security"] & SecureDefaults;
}

const responses: ResponseDefaults = Object.freeze({
  notModifiedResponses: true,
  absoluteRedirects: false,
  contentLength: true,
  contentTypes: true,
  defaultCharset: "utf-8",
});

/** For an HTTP API that is used over plain HTTP. Ring's `api-defaults`. */
export const apiDefaults: ApiDefaults = Object.freeze({
  params: Object.freeze({ urlencoded: true, keywordize: true }),
  responses,
});

/** For a site that is used by browsers. Ring's `site-defaults`. */
export const siteDefaults: SiteDefaults = Object.freeze({
  params: Object.freeze({ urlencoded: true, multipart: true, nested: true, keywordize: true }),
  cookies: true,
  session: Object.freeze({ flash: true, cookieAttrs: Object.freeze({ httpOnly: true }) }),
  security: Object.freeze({
    antiForgery: Object.freeze({ safeHeader: "X-Ring-Anti-Forgery" }),
    frameOptions: "sameorigin",
    contentTypeOptions: "nosniff",
  }),
  static: Object.freeze({ resources: "public" }),
  responses,
});

const secure: SecureDefaults = Object.freeze({ sslRedirect: true, hsts: true });

/** `apiDefaults`, over https only. Ring's `secure-api-defaults`. */
export const secureApiDefaults: SecureApiDefaults = Object.freeze({ ...apiDefaults, security: secure });

/** `siteDefaults`, over https only. Ring's `secure-site-defaults`. */
export const secureSiteDefaults: SecureSiteDefaults = Object.freeze({
  ...siteDefaults,
  session: Object.freeze({
    ...siteDefaults.session,
    cookieAttrs: Object.freeze({ httpOnly: true, secure: true }),
    cookieName: "secure-ring-session",
  }),
  security: Object.freeze({ ...siteDefaults.security, ...secure }),
});
