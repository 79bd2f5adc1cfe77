/**
 * Names of parameters as TypeScript writes them. After `ring.middleware.keyword-params`.
 *
 * @module
 */

import { isDigit } from "../../http/headers.ts";
import { extended } from "../../http/request-map.ts";
import { checkHandler } from "../../shared/options.ts";
import { emptyRecord, isRecord, type WithParams } from "./records.ts";
import type { Handler, Request, Response } from "../../types.ts";
import type { Params } from "./params.ts";

/**
 * Middleware: `first-name` is `params.firstName`, in nested records too. Stands inside what makes `params`. After
 * Ring's `wrap-keyword-params`, which makes keywords of the same names.
 *
 * A name is changed where Clojure would take it for a keyword: letters, digits and `*+!_?-`, no digit first. The letter
 * or digit behind a single hyphen takes its place, in upper case. A name that is there as it stands beats one that becomes it.
 * `queryParams`, `formParams` and `multipartParams` keep the names that were sent.
 *
 * @example
 * ```ts
 * import { wrapKeywordParams } from "ringlet/middleware/keyword-params";
 * import { wrapParams, type ParamsRequest } from "ringlet/middleware/params";
 * import type { Request } from "ringlet";
 *
 * const app = wrapParams(
 *   wrapKeywordParams((request: Request & ParamsRequest) => {
 *     const { firstName } = request.params;
 *     return { body: typeof firstName === "string" ? firstName : "Who?" };
 *   }),
 * );
 * ```
 * @throws TypeError for a handler that is no function
 */
export function wrapKeywordParams<
  Req extends Request & WithParams = Request & { readonly params: Params },
  Res extends Response = Response,
>(handler: Handler<Req, Res>): Handler<Req, Res> {
  checkHandler("wrapKeywordParams", handler);
  return (request) => handler(keywordParamsRequest(request));
}

/**
 * Renames the `params` of a request; one without them is left alone. After Ring's `keyword-params-request`. Nothing
 * that a client sends makes it throw.
 */
export function keywordParamsRequest<Req extends WithParams>(request: Req): Req {
  return request.params === undefined ? request : extended(request, { params: renamed(request.params) });
}

/** Lists and records are gone through; files, and data of another origin, are not. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isRecord(value)) return value;
  const record = emptyRecord<unknown>();
  for (const [name, each] of Object.entries(value)) {
    const key = camelCase(name);
    if (key === name || record[key] === undefined) record[key] = renamed(each);
  }
  return record;
}

function camelCase(name: string): string {
  if (!name.includes("-") || !isKeyword(name)) return name;
  let text = "";
  for (let at = 0; at < name.length; at++) {
    const next = name.charAt(at + 1);
    const isJoint = at > 0 && name[at] === "-" && name[at - 1] !== "-" && isLetterOrDigit(next.charCodeAt(0));
    text += isJoint ? next.toUpperCase() : name.charAt(at);
    if (isJoint) at++;
  }
  return text;
}

function isKeyword(name: string): boolean {
  if (isDigit(name.charCodeAt(0))) return false;
  for (let at = 0; at < name.length; at++) {
    if (!isLetterOrDigit(name.charCodeAt(at)) && !"*+!_?-".includes(name.charAt(at))) return false;
  }
  return true;
}

function isLetterOrDigit(code: number): boolean {
  // Without the bit that tells lower case.
  const upper = code & 0xdf;
  return (upper >= 0x41 && upper <= 0x5a) || isDigit(code);
}
