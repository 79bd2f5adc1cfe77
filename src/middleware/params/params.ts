/**
 * Parameters: the fields of a query and of a form, as records. After `ring.middleware.params`.
 *
 * @module
 */

import { extended } from "../../http/request-map.ts";
import { formFields } from "./form-fields.ts";
import { checkHandler, checkNames } from "../../shared/options.ts";
import { emptyRecord, merged } from "./records.ts";
import {
  bodyBytes,
  checkCharset,
  checkCount,
  type Decoder,
  decoderOf,
  hasBody,
  mediaType,
  readThen,
} from "./request-body.ts";
import type { Awaitable, Handler, Request, Response } from "../../types.ts";
import type { UploadedFile } from "./multipart-stores.ts";

/**
 * Value of a parameter:
 *
 * - text, or a list if its name was sent more than once
 * - a record or a list, made by `wrapNestedParams`
 * - a file, made by `wrapMultipartParams`
 * - a number, a boolean or null, from JSON by `wrapFormats`
 */
export type ParamValue<File = UploadedFile> =
  | string
  | number
  | boolean
  | null
  | File
  | readonly ParamValue<File>[]
  | Params<File>;

/** Parameters by name. The record has no prototype, and a field named `__proto__` is left out. */
export interface Params<File = UploadedFile> {
  readonly [name: string]: ParamValue<File>;
}

/** The fields of a query or a form. Names are as they were sent. */
export type FormParams = Readonly<Record<string, string | readonly string[]>>;

/** Properties that `paramsRequest` adds to a request. */
export interface ParamsRequest<File = UploadedFile> {
  /** The fields of the query. */
  readonly queryParams: FormParams;
  /** The fields of the body, if it is a form in `application/x-www-form-urlencoded`. */
  readonly formParams: FormParams;
  /** Parameters of every kind. A field of the query replaces one of the form with the same name, as in Ring. */
  readonly params: Params<File>;
}

/** Options of `wrapParams` and `paramsRequest`. */
export interface ParamsOptions {
  /** The charset of query and form. Default: that of the Content-Type, otherwise UTF-8. */
  readonly encoding?: string | undefined;
  /** The most bytes of a form. A longer form is a 413. Default 1 048 576 (1 MiB). */
  readonly maxBytes?: number | undefined;
  /** The most fields of a query, and of a form. More fields are a 413. Default 1000. */
  readonly maxFields?: number | undefined;
}

/**
 * Middleware: adds `queryParams`, `formParams` and `params` to the request. After Ring's `wrap-params`.
 *
 * The response to a request that cannot be read is a 413 if it is over a limit, a 415 if its charset is unknown, and a
 * 400 if its body is broken off.
 *
 * @example
 * ```ts
 * import { wrapParams } from "ringlet/middleware/params";
 *
 * const app = wrapParams((request) => {
 *   const { name } = request.queryParams;
 *   return { body: `Hello ${typeof name === "string" ? name : "stranger"}` };
 * });
 * ```
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 */
export function wrapParams<Req extends Request = Request, Res extends Response = Response>(
  handler: Handler<Req & ParamsRequest, Res>,
  options: ParamsOptions = {},
): Handler<Omit<Req, keyof ParamsRequest> & Request, Res | Response> {
  checkHandler("wrapParams", handler);
  checkParamsOptions("wrapParams", options);
  return (request) =>
    readThen(
      () => withParams(request, options),
      (read) => handler(read as Request as Req & ParamsRequest),
    );
}

/**
 * Adds `queryParams`, `formParams` and `params` to a request. If the request has one of the first two already, it stays
 * as it is. A body that was read is null afterwards. After Ring's `params-request`.
 *
 * @throws RequestError if the request is over a limit (413), in an unknown charset (415) or broken off (400); TypeError
 *   for options that are unknown or malformed
 */
export function paramsRequest<Req extends Request>(
  request: Req,
  options: ParamsOptions = {},
): Awaitable<Req & ParamsRequest> {
  checkParamsOptions("paramsRequest", options);
  return withParams(request, options);
}

type ParamsInput = Request & Partial<ParamsRequest>;

function withParams<Req extends ParamsInput>(request: Req, options: ParamsOptions): Awaitable<Req & ParamsRequest> {
  const { type, charset } = mediaType(request.headers);
  const isForm = type === "application/x-www-form-urlencoded";
  if (request.formParams === undefined && isForm && hasBody(request)) {
    return formRead(request, options, charset);
  }
  return addParams(request, request.formParams ?? emptyRecord(), options, isForm ? charset : undefined);
}

async function formRead<Req extends ParamsInput>(
  request: Req,
  options: ParamsOptions,
  charset: string | undefined,
): Promise<Req & ParamsRequest> {
  const { maxBytes = 1_048_576, maxFields = 1000 } = options;
  const decoder = formDecoder(options, charset);
  const form = formFields(await bodyBytes(request, maxBytes), decoder, maxFields);
  return addParams(extended(request, { body: null }), form, options, charset);
}

function addParams<Req extends ParamsInput>(
  request: Req,
  form: FormParams,
  options: ParamsOptions,
  charset: string | undefined,
): Req & ParamsRequest {
  const query = request.queryParams ?? queryFields(request, options, charset);
  const params = merged<ParamValue>(request.params, form, query);
  return extended(request, { queryParams: query, formParams: form, params });
}

function queryFields(
  { queryString = "" }: ParamsInput,
  options: ParamsOptions,
  charset: string | undefined,
): FormParams {
  if (queryString === "") return emptyRecord();
  return formFields(Buffer.from(queryString), formDecoder(options, charset), options.maxFields ?? 1000);
}

function formDecoder(options: ParamsOptions, charset = "utf-8"): Decoder {
  return decoderOf(options.encoding ?? charset, { ignoreBOM: true });
}

function checkParamsOptions(where: string, options: ParamsOptions): void {
  checkNames(where, "option", options, ["encoding", "maxBytes", "maxFields"]);
  checkCharset(where, "encoding", options.encoding);
  checkCount(where, "maxBytes", options.maxBytes);
  checkCount(where, "maxFields", options.maxFields);
}
