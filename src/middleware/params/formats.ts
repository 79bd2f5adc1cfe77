/**
 * Data in requests and responses: reads JSON bodies, and writes bodies in the format that the client prefers. After
 * `muuntaja.middleware`.
 *
 * @module
 */

import Negotiator from "negotiator";

import { andThen } from "../../shared/awaitable.ts";
import { extended } from "../../http/request-map.ts";
import { headerName, headerValues, varying, withHeader } from "../../http/headers.ts";
import { parseJson } from "./json-body.ts";
import { checkFunction, checkHandler, checkNames } from "../../shared/options.ts";
import { isPlainObject } from "../../shared/values.ts";
import { merged } from "./records.ts";
import { bodyBytes, checkCount, hasBody, mediaType, readThen } from "./request-body.ts";
import type { Awaitable, Handler, Json, Request, Response, ResponseBody } from "../../types.ts";
import type { Params, ParamValue } from "./params.ts";

/** Properties that `formatsRequest` adds to a request. */
export interface FormatsRequest {
  /** The data of a JSON body; undefined if there is none. */
  readonly bodyParams: Json | undefined;
  /** Parameters of every kind. If the JSON is an object, its members replace others of their names. */
  readonly params: Params;
}

/** Response of a handler inside `wrapFormats`: its body may also be data. */
export interface FormatsResponse extends Omit<Response, "body"> {
  /** Objects, lists, numbers and booleans are sent in the client's format. Other bodies are sent as they are. */
  readonly body?: ResponseBody | object | number | boolean | undefined;
}

/** Function from the data of a body to text in one format. */
export type Renderer = (data: unknown, request: Request) => Awaitable<string>;

/** Options of `wrapFormats` and `formatsRequest`. */
export interface FormatsOptions {
  /** Makes HTML of data, for browsers. Default: HTML is not offered. */
  readonly html?: Renderer | undefined;
  /** Makes plain text of data. Default: text is not offered. */
  readonly text?: Renderer | undefined;
  /** The most bytes of a JSON body. A longer one is a 413. Default 1 048 576 (1 MiB). */
  readonly maxBytes?: number | undefined;
}

/**
 * Middleware: reads JSON into `bodyParams` and `params`, and writes the data that a handler returns. The format is the
 * one that the Accept header prefers: JSON, or HTML and text if there is a renderer. After muuntaja's `wrap-format` and
 * `wrap-params`.
 *
 * The response to a body that cannot be read is a 400 if it is no JSON, a 413 if it is over a limit, and a 415 if its
 * charset is unknown. Bodies of other types are not read. A client that accepts none of the formats gets JSON, because
 * the handler has run already.
 *
 * @example
 * ```ts
 * import { wrapFormats } from "ringlet/middleware/formats";
 *
 * const app = wrapFormats((request) => ({ body: { youSent: request.bodyParams ?? null } }));
 * ```
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 */
export function wrapFormats<Req extends Request = Request, Res extends FormatsResponse = FormatsResponse>(
  handler: Handler<Req & FormatsRequest, Res>,
  options: FormatsOptions = {},
): Handler<Omit<Req, keyof FormatsRequest> & Request, AfterFormats<Res> | Response> {
  checkHandler("wrapFormats", handler);
  checkFormatsOptions("wrapFormats", options);
  return (request) =>
    readThen(
      () => withBodyParams(request, options),
      (read) =>
        andThen(handler(read as Request as Req & FormatsRequest), (response) =>
          response === null || response === undefined ? response : formatted(response, request, options),
        ),
    );
}

/**
 * Reads a JSON body into `bodyParams`, and merges it into `params`. If the request has `bodyParams` already, no body is
 * read. A body that was read is null afterwards.
 *
 * @throws RequestError if the body is no JSON (400), over a limit (413), or in an unknown charset (415); TypeError for
 *   options that are unknown or malformed
 */
export function formatsRequest<Req extends Request>(
  request: Req,
  options: FormatsOptions = {},
): Awaitable<Req & FormatsRequest> {
  checkFormatsOptions("formatsRequest", options);
  return withBodyParams(request, options);
}

/** A response after `wrapFormats`: its data have been written as text. */
export type AfterFormats<Res> = Omit<Res, "body"> & Response;

type FormatsInput = Request & { readonly bodyParams?: Json | undefined; readonly params?: object };

function withBodyParams<Req extends FormatsInput>(
  request: Req,
  options: FormatsOptions,
): Awaitable<Req & FormatsRequest> {
  const { type, charset } = mediaType(request.headers);
  const isJson = type === "application/json" || (type.startsWith("application/") && type.endsWith("+json"));
  if (request.bodyParams !== undefined || !isJson || !hasBody(request)) {
    return addBodyParams(request, request.bodyParams);
  }
  return bodyBytes(request, options.maxBytes ?? 1_048_576).then((bytes) =>
    addBodyParams(extended(request, { body: null }), parseJson(bytes, charset)),
  );
}

function addBodyParams<Req extends FormatsInput>(request: Req, bodyParams: Json | undefined): Req & FormatsRequest {
  const given = request.params as Record<string, ParamValue> | undefined;
  const members = isPlainObject(bodyParams) ? (bodyParams as Record<string, ParamValue>) : undefined;
  return extended(request, { bodyParams, params: merged<ParamValue>(given, members) });
}

function formatted<Res extends FormatsResponse>(
  response: Res,
  request: Request,
  options: FormatsOptions,
): Awaitable<AfterFormats<Res>> {
  const { body, ...rest } = response;
  if (!isData(body)) return response as AfterFormats<Res>;
  const headers = response.headers ?? {};
  if (headerName(headers, "content-type") !== undefined) return { ...rest, headers, body: jsonText(body) };
  const type = preferred(request, options);
  const headersNow = varying(withHeader(headers, "content-type", contentTypes[type]), "Accept");
  const text = type === "json" ? jsonText(body) : (options[type] as Renderer)(body, request);
  return andThen(text, (written) => ({ ...rest, headers: headersNow, body: written }));
}

const contentTypes = {
  json: "application/json",
  html: "text/html; charset=utf-8",
  text: "text/plain; charset=utf-8",
} as const;

const formatOf: Readonly<Record<string, keyof typeof contentTypes>> = {
  "application/json": "json",
  "text/html": "html",
  "text/plain": "text",
};

/** Returns the format that a client prefers. JSON comes first, for clients without a preference that can be met. */
function preferred(request: Request, { html, text }: FormatsOptions): keyof typeof contentTypes {
  const accept = headerValues(request.headers, "accept").join(",");
  const offered = ["application/json", ...(html ? ["text/html"] : []), ...(text ? ["text/plain"] : [])];
  const negotiator = new Negotiator({ headers: accept === "" ? {} : { accept } });
  return formatOf[negotiator.mediaType(offered) ?? ""] ?? "json";
}

function isData(body: unknown): body is object | number | boolean {
  if (typeof body === "number" || typeof body === "boolean" || Array.isArray(body)) return true;
  return isPlainObject(body) && !(Symbol.asyncIterator in body) && !("getReader" in body);
}

function jsonText(data: unknown): string {
  return JSON.stringify(data);
}

function checkFormatsOptions(where: string, options: FormatsOptions): void {
  checkNames(where, "option", options, ["html", "text", "maxBytes"]);
  checkCount(where, "maxBytes", options.maxBytes);
  for (const name of ["html", "text"] as const) {
    checkFunction(where, name, options[name], "a function from data to text");
  }
}
