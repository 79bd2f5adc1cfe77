/**
 * Nested parameters, from names such as `user[name]` and `tags[]`. After `ring.middleware.nested-params`.
 *
 * @module
 */

import { extended } from "../../http/request-map.ts";
import { nested } from "./nesting.ts";
import type { WithParams } from "./records.ts";
import { checkFunction, checkHandler, checkNames, checkWhole } from "../../shared/options.ts";
import type { Handler, Request, Response } from "../../types.ts";
import type { Params, ParamValue } from "./params.ts";

/** Options of `wrapNestedParams` and `nestedParamsRequest`. */
export interface NestedParamsOptions {
  /**
   * Splits a name into keys; an empty key stands for an element of a list. Default: `a[b][]` is `["a", "b", ""]`, and a
   * name whose brackets do not match is one key. Ring's `:key-parser`.
   */
  readonly keyParser?: ((name: string) => readonly string[]) | undefined;
  /** The most keys in a name, up to 1000. A name with more keys stays as it is. Default 20. */
  readonly maxDepth?: number | undefined;
}

/**
 * Middleware: nests `params` as the names say. Put it inside the middleware that makes `params`. After Ring's
 * `wrap-nested-params`.
 *
 * `user[name]=Ada` is `{ user: { name: "Ada" } }`, `tags[]=a&tags[]=b` is `{ tags: ["a", "b"] }`, and
 * `items[][id]=1&items[][id]=2` is `{ items: [{ id: "1" }, { id: "2" }] }`. `queryParams`, `formParams` and
 * `multipartParams` stay flat.
 *
 * @example
 * ```ts
 * import { wrapNestedParams } from "ringlet/middleware/nested-params";
 * import { wrapParams, type ParamsRequest } from "ringlet/middleware/params";
 * import type { Request } from "ringlet";
 *
 * const app = wrapParams(
 *   wrapNestedParams((request: Request & ParamsRequest) => ({ body: JSON.stringify(request.params) })),
 * );
 * ```
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 */
export function wrapNestedParams<
  Req extends Request & WithParams = Request & { readonly params: Params },
  Res extends Response = Response,
>(handler: Handler<Req, Res>, options: NestedParamsOptions = {}): Handler<Req, Res> {
  checkHandler("wrapNestedParams", handler);
  checkNestedOptions("wrapNestedParams", options);
  return (request) => handler(withNesting(request, options));
}

/**
 * Nests the `params` of a request as the names say. A request without them is returned as it is. After Ring's
 * `nested-params-request`. Nothing that a client sends makes it throw: if two names contradict each other, the later
 * one counts.
 *
 * @throws TypeError for options that are unknown or malformed; the errors of `keyParser`
 */
export function nestedParamsRequest<Req extends WithParams>(request: Req, options: NestedParamsOptions = {}): Req {
  checkNestedOptions("nestedParamsRequest", options);
  return withNesting(request, options);
}

function withNesting<Req extends WithParams>(request: Req, options: NestedParamsOptions): Req {
  if (request.params === undefined) return request;
  return extended(request, { params: nested(request.params as Record<string, ParamValue>, options) });
}

function checkNestedOptions(where: string, options: NestedParamsOptions): void {
  checkNames(where, "option", options, ["keyParser", "maxDepth"]);
  // Each key is a nested call.
  checkWhole(where, "maxDepth", options.maxDepth, 1, 1000);
  checkFunction(where, "keyParser", options.keyParser, "a function from a name to its keys");
}
