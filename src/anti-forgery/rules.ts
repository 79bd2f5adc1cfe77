import { channel } from "node:diagnostics_channel";

import type { Awaitable, Request, Response } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { isToken } from "../cookies/attributes.ts";
import { tell } from "../shared/listener.ts";
import { trimmed } from "../http/headers.ts";
import { checkNames } from "../shared/options.ts";
import { checkedOrigins, onlyValue } from "./origin.ts";
import { isPlainObject, kindOf, show } from "../shared/values.ts";
import { siteOf } from "./site.ts";
import { inSession } from "./session-strategy.ts";
import type { AntiForgeryStrategy, StrategyRequest } from "./strategy.ts";

/** The name of the field that a form sends its token in, as in Ring. */
export const FIELD = "__anti-forgery-token";

/** Why a request was refused: for the developer, never for whoever sent it. */
export interface AntiForgeryRefusal {
  /**
   * - `cross-site`: `Sec-Fetch-Site` says that a page elsewhere sent it. `unknown-site`: it says nothing that is known.
   * - `foreign-origin`: `Origin` is not the origin that the request came to.
   * - `token-missing`: no header and no field has a token. `token-wrong`: it is not the visitor's.
   * - `token-unknown`: the visitor has no token to compare it with: no session, or one that has ended.
   */
  readonly reason: "cross-site" | "unknown-site" | "foreign-origin" | "token-missing" | "token-wrong" | "token-unknown";
  /** The same in words, with what was compared, and a cure. It quotes headers of the request. */
  readonly message: string;
  readonly method: string;
  readonly uri: string;
}

/** What every anti-forgery middleware may be told. */
export interface AntiForgeryRules {
  /**
   * When a token is wanted. Default `"fallback"`: where neither `Sec-Fetch-Site` nor `Origin` shows that a page of this
   * origin, or of a trusted one, sent the request. `"always"`: of every unsafe request, after the two have been looked at.
   */
  readonly token?: "fallback" | "always" | undefined;
  /** Origins whose pages may send unsafe requests: scheme, host and port, as in `"https://admin.example.com"`. */
  readonly trustedOrigins?: readonly string[] | undefined;
  /**
   * A header that stands for a token wherever it is not blank: no page elsewhere can send one unless this server lets
   * it by CORS. Default: none. Ring's site defaults have `"X-Ring-Anti-Forgery"`.
   */
  readonly safeHeader?: string | undefined;
  /** Where tokens are kept. Default `sessionStrategy()`. */
  readonly strategy?: AntiForgeryStrategy | undefined;
  /** The response to what is refused. Default: 403, `<h1>Invalid anti-forgery token</h1>`, as in Ring. */
  readonly errorResponse?: Response | undefined;
  /** Hears of each refusal; so does the `node:diagnostics_channel` named `ringlet:anti-forgery`. What it throws is dropped. */
  readonly onRefused?: ((refusal: AntiForgeryRefusal) => void) | undefined;
}

/** The rules, checked. */
export interface AntiForgery {
  readonly strategy: AntiForgeryStrategy;
  readonly refused: Response;
  /** Answers whether a request is refused, and has told of it then. The token is read only where it decides. */
  readonly refuses: (
    request: StrategyRequest,
    readToken: () => Awaitable<string | null | undefined>,
  ) => Awaitable<boolean>;
}

const RULES = ["token", "trustedOrigins", "safeHeader", "strategy", "errorResponse", "onRefused"];

const refusedResponse: Response = {
  status: 403,
  headers: { "content-type": "text/html" },
  body: "<h1>Invalid anti-forgery token</h1>",
};

const refusals = channel("ringlet:anti-forgery");

/**
 * Checks rules, once, when a middleware is built. `more`: the names of further options that it has.
 *
 * @throws TypeError
 */
export function antiForgeryOf(where: string, options: AntiForgeryRules, more: readonly string[]): AntiForgery {
  checkNames(where, "option", options, [...RULES, ...more]);
  const { token = "fallback", safeHeader, strategy = inSession, onRefused, trustedOrigins = [] } = options;
  if (token !== "fallback" && token !== "always") {
    throw new TypeError(`${where}: token must be "fallback" or "always", got ${show(token)}`);
  }
  if (safeHeader !== undefined && (typeof safeHeader !== "string" || !isToken(safeHeader))) {
    throw new TypeError(`${where}: safeHeader must be the name of a header, got ${show(safeHeader)}`);
  }
  checkFunction(where, "onRefused", onRefused);
  checkStrategy(where, strategy);
  const refused = options.errorResponse ?? refusedResponse;
  if (!isPlainObject(refused)) {
    throw new TypeError(`${where}: errorResponse must be a response, { status: 403, … }, got ${kindOf(refused)}`);
  }
  const trusted = checkedOrigins(where, trustedOrigins);
  const safe = safeHeader?.toLowerCase();
  return {
    strategy,
    refused,
    refuses(request, readToken) {
      if (isSafeMethod(request.method)) return false;
      const site = siteOf(request, trusted);
      if (Array.isArray(site)) return reportRefusal(request, onRefused, ...(site as [Reason, string]));
      if (site === "same-origin" && token === "fallback") return false;
      if (safe !== undefined && trimmed(onlyValue(request, safe) ?? "") !== "") return false;
      return andThen(readToken(), (sent) => {
        if (typeof sent !== "string") return reportRefusal(request, onRefused, "token-missing", MISSING);
        return andThen(strategy.checkToken(request, sent), (verdict) => {
          if (verdict === "valid") return false;
          return verdict === "none"
            ? reportRefusal(request, onRefused, "token-unknown", UNKNOWN)
            : reportRefusal(request, onRefused, "token-wrong", WRONG);
        });
      });
    },
  };
}

/**
 * The token of a request: that of the field, where there is one, else of `X-CSRF-Token` or `X-XSRF-Token`. In Ring's
 * order: a wrong field is not mended by a right header.
 */
export function sentToken(request: Pick<Request, "headers">, ...forms: readonly unknown[]): string | undefined {
  for (const form of forms) {
    const field: unknown =
      typeof form === "object" && form !== null && Object.hasOwn(form, FIELD) ? Reflect.get(form, FIELD) : undefined;
    if (field !== undefined && field !== null) return typeof field === "string" ? field : "";
  }
  return onlyValue(request, "x-csrf-token") ?? onlyValue(request, "x-xsrf-token");
}

/** @throws TypeError where an option is neither a function nor left out */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`${where}: ${name} must be a function, got ${kindOf(value)}`);
}

type Reason = AntiForgeryRefusal["reason"];

const MISSING = `no token came: put antiForgeryField(request) into the form, or send antiForgeryToken as X-CSRF-Token`;
const UNKNOWN = "the visitor has no token: the session is not there, has ended, or its cookie did not come back";
const WRONG = "the token is not the visitor's: the form is from before a log-in or from another session, or forged";

/** RFC 9110, section 9.2.1, but for TRACE, which no browser sends. */
function isSafeMethod(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function reportRefusal(
  { method, uri }: Request,
  onRefused: AntiForgeryRules["onRefused"],
  reason: Reason,
  message: string,
): true {
  if (onRefused !== undefined || refusals.hasSubscribers) {
    const refusal: AntiForgeryRefusal = { reason, message, method, uri };
    refusals.publish(refusal);
    if (onRefused !== undefined) tell(onRefused, refusal);
  }
  return true;
}

function checkStrategy(where: string, strategy: AntiForgeryStrategy): void {
  const { getToken, checkToken, writeToken, hideToken: hide } = strategy ?? {};
  const has = [getToken, checkToken, writeToken].every((part) => typeof part === "function");
  if (has && (hide === undefined || typeof hide === "function")) return;
  const expected = "{ getToken, checkToken, writeToken }, three functions, and perhaps hideToken";
  throw new TypeError(`${where}: strategy must be ${expected}, got ${kindOf(strategy)}`);
}
