/**
 * Fields and uploaded files of `multipart/form-data`. After `ring.middleware.multipart-params`.
 *
 * @module
 */

import { extended } from "../../http/request-map.ts";
import { checkFunction, checkHandler, checkNames } from "../../shared/options.ts";
import { kindOf, show } from "../../shared/values.ts";
import { emptyRecord, merged } from "./records.ts";
import { checkCharset, checkCount, hasBody, mediaType, readThen } from "./request-body.ts";
import type { Awaitable, Handler, Request, Response } from "../../types.ts";
import { isDecoded, type MultipartLimits, readMultipart } from "./multipart-limits.ts";
import { isUploaded, type MultipartStore, tempFileStore, type UploadedFile } from "./multipart-stores.ts";
import type { Params, ParamValue } from "./params.ts";

export {
  byteArrayStore,
  type IncomingFile,
  type MultipartStore,
  tempFileStore,
  type TempFileStoreOptions,
  type UploadedBytes,
  type UploadedFile,
} from "./multipart-stores.ts";

/** The fields of a multipart form. Names are as they were sent. */
export type MultipartParams<File = UploadedFile> = Readonly<Record<string, string | File | readonly (string | File)[]>>;

/** Properties that `multipartParamsRequest` adds to a request. */
export interface MultipartParamsRequest<File = UploadedFile> {
  /** The fields and files of the body, if it is `multipart/form-data`. */
  readonly multipartParams: MultipartParams<File>;
  /** Parameters of every kind. Those of this body replace others of their names. */
  readonly params: Params<File>;
}

/**
 * Options of `wrapMultipartParams` and `multipartParamsRequest`. A request over a limit is a 413, and its files are
 * removed.
 */
export interface MultipartParamsOptions<File extends object = UploadedFile> extends MultipartLimits {
  /** Where files are stored. Default: one `tempFileStore()` for all middleware that name none. */
  readonly store?: MultipartStore<File> | undefined;
}

/**
 * Middleware: adds `multipartParams` to the request and merges it into `params`. After Ring's `wrap-multipart-params`.
 *
 * Files are streamed into the store as they arrive. The response to a body that cannot be read is a 413 if it is over a
 * limit, and a 400 if it is malformed or broken off.
 *
 * @example
 * ```ts
 * import { isUploadedFile, wrapMultipartParams } from "ringlet/middleware/multipart-params";
 *
 * const app = wrapMultipartParams((request) => {
 *   const { photo } = request.params;
 *   return { body: isUploadedFile(photo) ? `${photo.size} bytes in ${photo.tempFile}` : "No photo." };
 * });
 * ```
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 */
export function wrapMultipartParams<
  Req extends Request = Request,
  Res extends Response = Response,
  File extends object = UploadedFile,
>(
  handler: Handler<Req & MultipartParamsRequest<File>, Res>,
  options: MultipartParamsOptions<File> = {},
): Handler<Omit<Req, keyof MultipartParamsRequest> & Request, Res | Response> {
  checkHandler("wrapMultipartParams", handler);
  checkMultipartOptions("wrapMultipartParams", options);
  return (request) =>
    readThen(
      () => withMultipart(request, options),
      (read) => handler(read as Request as Req & MultipartParamsRequest<File>),
    );
}

/**
 * Adds `multipartParams` to a request and merges it into `params`. If the request has `multipartParams` already, no
 * body is read. A body that was read is null afterwards. After Ring's `multipart-params-request`.
 *
 * @throws RequestError if the request is over a limit (413), malformed or broken off (400); the errors of the store;
 *   TypeError for options that are unknown or malformed
 */
export function multipartParamsRequest<Req extends Request, File extends object = UploadedFile>(
  request: Req,
  options: MultipartParamsOptions<File> = {},
): Awaitable<Omit<Req, "params"> & MultipartParamsRequest<File>> {
  checkMultipartOptions("multipartParamsRequest", options);
  return withMultipart(request, options);
}

/**
 * Whether a parameter is a file that a store made. A client can send a record that looks like one:
 * `photo[tempFile]=/etc/passwd`.
 *
 * @example
 * ```ts
 * import { isUploadedFile, type UploadedFile } from "ringlet/middleware/multipart-params";
 * import type { Params } from "ringlet/middleware/params";
 *
 * const filesOf = (params: Params): UploadedFile[] => Object.values(params).filter((each) => isUploadedFile(each));
 * ```
 */
export function isUploadedFile<File extends object = UploadedFile>(value: ParamValue<File> | undefined): value is File {
  return isUploaded(value);
}

type MultipartInput = Request & { readonly multipartParams?: object; readonly params?: object };

function withMultipart<Req extends MultipartInput, File extends object>(
  request: Req,
  options: MultipartParamsOptions<File>,
): Awaitable<Omit<Req, "params"> & MultipartParamsRequest<File>> {
  const { type, charset } = mediaType(request.headers);
  const isMultipart = type === "multipart/form-data" && hasBody(request);
  if (request.multipartParams !== undefined || !isMultipart) {
    const multipartParams = (request.multipartParams ?? emptyRecord()) as MultipartParams<File>;
    return addMultipartParams(request, multipartParams);
  }
  const store = (options.store ?? sharedStore()) as MultipartStore<File>;
  return readMultipart(request, store, charset, options).then((fields) =>
    addMultipartParams(extended(request, { body: null }), fields),
  );
}

function addMultipartParams<Req extends MultipartInput, File>(
  request: Req,
  multipartParams: MultipartParams<File>,
): Omit<Req, "params"> & MultipartParamsRequest<File> {
  const given = request.params as Record<string, ParamValue<File>> | undefined;
  return extended(request, { multipartParams, params: merged<ParamValue<File>>(given, multipartParams) });
}

let shared: MultipartStore<UploadedFile> | undefined;

/** Returns the default store. It is made for the first file, so a process without files makes no folder. */
function sharedStore(): object {
  return (shared ??= tempFileStore());
}

function checkMultipartOptions<File extends object>(where: string, options: MultipartParamsOptions<File>): void {
  const limits = ["maxFileSize", "maxFileCount", "maxFields", "maxFieldSize", "maxBytes"] as const;
  checkNames(where, "option", options, ["store", "encoding", ...limits, "progress"]);
  checkEncoding(where, options.encoding);
  for (const name of limits) checkCount(where, name, options[name]);
  const { store, progress } = options;
  if (store !== undefined && typeof (store as Partial<MultipartStore<File>> | null)?.storeFile !== "function") {
    throw new TypeError(
      `${where}: store must be an object with storeFile, such as tempFileStore(), got ${kindOf(store)}`,
    );
  }
  checkFunction(where, "progress", progress);
}

/** Throws if an encoding is unknown to the parser, which would read it as UTF-8. */
function checkEncoding(where: string, encoding: unknown): void {
  checkCharset(where, "encoding", encoding);
  if (encoding === undefined || isDecoded(encoding as string)) return;
  throw new TypeError(`${where}: encoding must be "utf-8", "latin1" or "utf-16le", got ${show(encoding)}`);
}
