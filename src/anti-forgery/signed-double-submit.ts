import { Buffer } from "node:buffer";
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

import type { CookieAttrs, Request } from "../types.ts";
import type { AntiForgeryStrategy, StrategyRequest } from "./strategy.ts";
import { checkedAttrs } from "../cookies/attributes.ts";
import { cookieHeader, valuesNamed } from "../cookies/cookie-header.ts";
import { uncacheable } from "../http/headers.ts";
import { createSecret, isSecret, maskedToken, opens, unmask } from "./masked-token.ts";
import { equalInConstantTime } from "../crypto/compare.ts";
import { checkFunction, checkNames } from "../shared/options.ts";
import { kindOf } from "../shared/values.ts";
import { keyBytes } from "../crypto/sealing-key.ts";
import { attributesText, setCookieText, withSetCookies } from "../cookies/set-cookie.ts";

/** Options of `signedDoubleSubmit`. */
export interface SignedDoubleSubmitOptions {
  /** 32 bytes, their base64url text, or a passphrase of at least 16 characters: `generateKey()` makes one. */
  readonly key: Uint8Array | string;
  /** Name of the cookie. Default `"anti-forgery"`. Over https `__Host-` stands before it. */
  readonly cookieName?: string | undefined;
  /**
   * Whether the site is served over https. Default: whether the request came over https. Behind a proxy that ends TLS,
   * set it to true.
   */
  readonly secure?: boolean | undefined;
  /**
   * Returns a text for the visitor. A token is valid for that text only. Default: the session's key, so that a token
   * ends with a log-in or a log-out. If sessions are sealed in the cookie, the key changes with every change: return
   * the user.
   */
  readonly boundTo?: ((request: StrategyRequest) => string | undefined) | undefined;
}

const MAC_LENGTH = 43;
const MOST_CANDIDATES = 4;

/**
 * Strategy that keeps nothing on the server. The secret is in a cookie of its own, signed together with the session's
 * key. The token of the form must hold the same secret. OWASP calls it the signed double-submit cookie.
 *
 *     cookie = secret ‖ HMAC-SHA256(key, the length of bound ‖ "!" ‖ bound ‖ "!" ‖ secret)
 *     key    = HKDF-SHA256(the key given, no salt, info "ringlet/anti-forgery/1")
 *
 * Without a session a token is bound to nothing, and `-` stands for the length and the text. Then only the `__Host-` of the cookie's name keeps a neighbour host
 * from setting a cookie of its own.
 *
 * @throws TypeError if an option is invalid; CookieError if the name is no cookie name
 * @example
 * ```ts
 * import { generateKey, signedDoubleSubmit, wrapAntiForgery } from "ringlet";
 *
 * const strategy = signedDoubleSubmit({ key: process.env["FORM_KEY"] ?? generateKey() });
 * const handler = wrapAntiForgery(({ antiForgeryToken }) => ({ body: antiForgeryToken }), { strategy });
 * ```
 */
export function signedDoubleSubmit(options: SignedDoubleSubmitOptions): AntiForgeryStrategy {
  checkNames("signedDoubleSubmit", "option", options, ["key", "cookieName", "secure", "boundTo"]);
  const { cookieName = "anti-forgery", secure, boundTo = ({ sessionKey }) => sessionKey } = options;
  checkFunction("signedDoubleSubmit", "boundTo", boundTo);
  if (secure !== undefined && typeof secure !== "boolean") {
    throw new TypeError(`signedDoubleSubmit: secure must be true or false, got ${kindOf(secure)}`);
  }
  const key = signingKey(options.key);
  const cookies = { http: secretCookie(cookieName, false), https: secretCookie(`__Host-${cookieName}`, true) };
  const cookieOf = ({ scheme }: Pick<Request, "scheme">): Cookie =>
    cookies[(secure ?? scheme === "https") ? "https" : "http"];
  const signed = (request: StrategyRequest, secret: string): string => secret + mac(key, boundTo(request), secret);
  const secretsOf = (request: StrategyRequest): readonly string[] => {
    const values = valuesNamed(cookieHeader(request), cookieOf(request).name, MOST_CANDIDATES);
    const secrets = values.map((value) => [value, value.slice(0, -MAC_LENGTH)] as const);
    return secrets.flatMap(([value, secret]) =>
      isSecret(secret) && equalInConstantTime(value, signed(request, secret)) ? [secret] : [],
    );
  };
  return {
    getToken: (request) => maskedToken(secretsOf(request)[0] ?? createSecret()),
    checkToken(request, token) {
      const secrets = secretsOf(request);
      if (secrets.length === 0) return "none";
      return secrets.some((secret) => opens(token, secret)) ? "valid" : "wrong";
    },
    writeToken(request, response, token) {
      const secret = token === undefined ? undefined : unmask(token)?.secret;
      if (secret === undefined || secretsOf(request).includes(secret)) return response;
      const { name, attributes } = cookieOf(request);
      return uncacheable(withSetCookies(response, [setCookieText(name, signed(request, secret), attributes)]));
    },
  };
}

interface Cookie {
  readonly name: string;
  readonly attributes: string;
}

function secretCookie(name: string, secure: boolean): Cookie {
  const attrs: CookieAttrs = { path: "/", httpOnly: true, sameSite: "lax", secure };
  return { name, attributes: attributesText(name, checkedAttrs(name, attrs)) };
}

function signingKey(given: unknown): KeyObject {
  const bytes = keyBytes("signedDoubleSubmit: key", given);
  return createSecretKey(Buffer.from(hkdfSync("sha256", bytes, "", "ringlet/anti-forgery/1", 32)));
}

function mac(key: KeyObject, bound: string | undefined, secret: string): string {
  const whom = bound === undefined ? "-" : `${bound.length}!${bound}`;
  return createHmac("sha256", key).update(`${whom}!${secret}`).digest("base64url");
}
