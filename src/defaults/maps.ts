/** The four maps to start from. After `ring-defaults` 0.7; `docs/defaults.md` lists the differences. */

/** Type of `responses` in all four maps. */
export interface ResponseDefaults {
  readonly notModifiedResponses: true;
  readonly absoluteRedirects: false;
  readonly contentLength: true;
  readonly contentTypes: true;
  readonly defaultCharset: "utf-8";
}

/** Type of `apiDefaults`. */
export interface ApiDefaults {
  readonly params: { readonly urlencoded: true; readonly keywordize: true };
  readonly responses: ResponseDefaults;
}

/** Type of `siteDefaults`. */
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

/** The part of `security` that `secureApiDefaults` and `secureSiteDefaults` add. */
export interface SecureDefaults {
  readonly sslRedirect: true;
  readonly hsts: true;
}

/** Type of `secureApiDefaults`. */
export interface SecureApiDefaults extends ApiDefaults {
  readonly security: SecureDefaults;
}

/** Type of `secureSiteDefaults`. */
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

/** Map for an HTTP API over plain HTTP. Ring's `api-defaults`. */
export const apiDefaults: ApiDefaults = Object.freeze({
  params: Object.freeze({ urlencoded: true, keywordize: true }),
  responses,
});

/** Map for a site that browsers use, over plain HTTP. Ring's `site-defaults`. */
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

/** Map for an HTTP API over https only: `apiDefaults` and more. Ring's `secure-api-defaults`. */
export const secureApiDefaults: SecureApiDefaults = Object.freeze({ ...apiDefaults, security: secure });

/** Map for a site over https only: `siteDefaults` and more. Ring's `secure-site-defaults`. */
export const secureSiteDefaults: SecureSiteDefaults = Object.freeze({
  ...siteDefaults,
  session: Object.freeze({
    ...siteDefaults.session,
    cookieAttrs: Object.freeze({ httpOnly: true, secure: true }),
    cookieName: "secure-ring-session",
  }),
  security: Object.freeze({ ...siteDefaults.security, ...secure }),
});
