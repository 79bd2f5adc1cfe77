/**
 * Names of parameters in the spelling of TypeScript. After `ring.middleware.keyword-params`.
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
 * Middleware: makes `first-name` the parameter `params.firstName`, in nested records too. Put it inside the middleware
 * that makes `params`. After Ring's `wrap-keyword-params`, which makes keywords of the same names.
 *
 * A name is changed if Clojure would read it as a keyword: letters, digits and `*+!_?-`, no digit first. The letter or
 * digit after a single hyphen replaces the hyphen, in upper case. If the new name was sent too, its value counts.
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
 * Renames the `params` of a request. A request without them is returned as it is. After Ring's
 * `keyword-params-request`. Nothing that a client sends makes it throw.
 */
export function keywordParamsRequest<Req extends WithParams>(request: Req): Req {
  return request.params === undefined ? request : extended(request, { params: renamed(request.params) });
}

/**
 * Returns a value with the names in its lists and records changed. Files and data of other origins stay as they are.
 */
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
  // Clears the bit that makes a letter lower case.
  const upper = code & 0xdf;
  return (upper >= 0x41 && upper <= 0x5a) || isDigit(code);
}
