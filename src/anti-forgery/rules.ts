import { channel } from "node:diagnostics_channel";

import type { Awaitable, Request, Response } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { isToken } from "../cookies/attributes.ts";
import { tell } from "../shared/listener.ts";
import { trimmed } from "../http/headers.ts";
import { checkChoice, checkFunction, checkNames } from "../shared/options.ts";
import { checkedOrigins, onlyValue } from "./origin.ts";
import { isPlainObject, kindOf, show } from "../shared/values.ts";
import { siteOf } from "./site.ts";
import { inSession } from "./session-strategy.ts";
import type { AntiForgeryStrategy, StrategyRequest } from "./strategy.ts";

/** Name of the form field that carries the token, as in Ring. */
export const FIELD = "__anti-forgery-token";

/** Why a request was refused. It is for the developer and never for the client that sent the request. */
export interface AntiForgeryRefusal {
  /**
   * - `cross-site`: `Sec-Fetch-Site` says that a page of another site sent the request.
   * - `unknown-site`: `Sec-Fetch-Site` has an unknown value, and there is no `Origin`.
   * - `foreign-origin`: `Origin` is not the origin that the request was sent to.
   * - `token-missing`: no field and no header has a token.
   * - `token-wrong`: the token is not the visitor's.
   * - `token-unknown`: the visitor has no secret to compare the token with: no session, or one that has ended.
   */
  readonly reason: "cross-site" | "unknown-site" | "foreign-origin" | "token-missing" | "token-wrong" | "token-unknown";
  /** The reason in words, with the compared values and a cure. It quotes headers of the request. */
  readonly message: string;
  readonly method: string;
  readonly uri: string;
}

/** Options of every anti-forgery middleware. */
export interface AntiForgeryRules {
  /**
   * Which unsafe requests need a token. Default `"fallback"`: all, unless `Sec-Fetch-Site` or `Origin` proves that
   * a page of this origin, or of a trusted one, sent them. `"always"`: all, after the two headers were
   * checked.
   */
  readonly token?: "fallback" | "always" | undefined;
  /** Origins whose pages may send unsafe requests: scheme, host and port, as in `"https://admin.example.com"`. */
  readonly trustedOrigins?: readonly string[] | undefined;
  /**
   * Name of a header that replaces the token if it is not blank. A page of another site cannot send such a header
   * unless this server allows it by CORS. Default: none. Ring's site defaults have `"X-Ring-Anti-Forgery"`.
   */
  readonly safeHeader?: string | undefined;
  /** Where the secrets of tokens are kept. Default `sessionStrategy()`. */
  readonly strategy?: AntiForgeryStrategy | undefined;
  /** The response to a refused request. Default: 403, `<h1>Invalid anti-forgery token</h1>`, as in Ring. */
  readonly errorResponse?: Response | undefined;
  /**
   * Called with each refusal. An error that it throws is dropped. The `node:diagnostics_channel` named
   * `ringlet:anti-forgery` gets the same objects.
   */
  readonly onRefused?: ((refusal: AntiForgeryRefusal) => void) | undefined;
}

/** The checked rules. */
export interface AntiForgery {
  readonly strategy: AntiForgeryStrategy;
  readonly refused: Response;
  /** Returns whether a request is refused, and reports the refusal. The token is read only if it decides. */
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
 * Checks the rules once, when a middleware is built. `more` holds the names of its other options.
 *
 * @throws TypeError
 */
export function antiForgeryOf(where: string, options: AntiForgeryRules, more: readonly string[]): AntiForgery {
  checkNames(where, "option", options, [...RULES, ...more]);
  const { token = "fallback", safeHeader, strategy = inSession, onRefused, trustedOrigins = [] } = options;
  checkChoice(where, "token", token, ["fallback", "always"]);
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
 * Returns the token of a request: that of the form field, otherwise that of `X-CSRF-Token` or `X-XSRF-Token`. The order
 * is Ring's: a wrong token in the field is not replaced by a right one in a header.
 */
export function sentToken(request: Pick<Request, "headers">, ...forms: readonly unknown[]): string | undefined {
  for (const form of forms) {
    const field: unknown =
      typeof form === "object" && form !== null && Object.hasOwn(form, FIELD) ? Reflect.get(form, FIELD) : undefined;
    if (field !== undefined && field !== null) return typeof field === "string" ? field : "";
  }
  return onlyValue(request, "x-csrf-token") ?? onlyValue(request, "x-xsrf-token");
}

type Reason = AntiForgeryRefusal["reason"];

const MISSING = `no token came: put antiForgeryField(request) into the form, or send antiForgeryToken as X-CSRF-Token`;
const UNKNOWN = "the visitor has no token: the session is not there, has ended, or its cookie did not come back";
const WRONG = "the token is not the visitor's: the form is from before a log-in or from another session, or forged";

/** Whether a method is safe (RFC 9110, section 9.2.1). TRACE is left out, because no browser sends it. */
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
