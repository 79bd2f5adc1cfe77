/**
 * Makes responses of files, for `wrapFile`, `wrapResource` and `wrapNpmAssets`. `@fastify/send` makes the head:
 * validators, preconditions and ranges. The file is opened when the body is first read, so a response that is dropped
 * keeps no file open.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import type { Readable } from "node:stream";

import send from "@fastify/send";
import mime from "mime";

import { discard } from "../../http/body.ts";
import { isFresh, parseHttpDate } from "../../http/conditional.ts";
import { headerValues, trimmed } from "../../http/headers.ts";
import { findFile, type StaticFile } from "./find.ts";
import type { StaticSettings } from "./options.ts";
import { namesBelow, pathNames } from "./path.ts";
import type { Handler, Headers, Request, Response, ResponseBody } from "../../types.ts";

/** Settings of `fileResponse`. */
export interface FileSending {
  /** Seconds that browsers keep the file; undefined: no `Cache-Control`. */
  readonly maxAge: number | undefined;
  readonly immutable: boolean;
  readonly ownType: (path: string) => string | undefined;
  /** A strong ETag to send instead of one made of size and time of change. */
  readonly etag?: string | undefined;
}

/**
 * Returns a handler that looks for a file on GET and HEAD. If there is none, and for other methods, it calls the given
 * handler. With `preferHandler` it calls that one first, and looks for a file if the response is a 404 or missing.
 */
export function besides<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  find: (request: Request) => Promise<Response | undefined>,
  preferHandler: boolean,
): Handler<Req, Res | Response> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return handler(request);
    if (!preferHandler) return (await find(request)) ?? handler(request);
    const response = await handler(request);
    if (response !== null && response !== undefined && response.status !== 404) return response;
    const file = await find(request);
    if (file !== undefined) discard(response?.body);
    return file ?? response;
  };
}

/** Returns the response to a request for a file of a folder, or undefined if there is no such file. */
export async function fileBelow(
  folder: string,
  request: Request,
  settings: StaticSettings,
): Promise<Response | undefined> {
  const names = pathNames(request.uri);
  const below = names && namesBelow(settings.mount, names);
  const file = below && (await findFile(folder, below, settings));
  return file && fileResponse(request, file, settings);
}

/** Returns the response to a GET or HEAD of a file, or undefined if the file has been removed meanwhile. */
export async function fileResponse(
  request: Request,
  { path, stats }: StaticFile,
  { maxAge, immutable, ownType, etag }: FileSending,
): Promise<Response | undefined> {
  const asked = { method: "HEAD", headers: conditions(request, stats.size, etag) } as unknown as Readable;
  const result = await send(asked, `/${encodeURIComponent(basename(path))}`, {
    root: dirname(path),
    // Whoever found the file has refused hidden ones; the root may well be below one.
    dotfiles: "allow",
    index: false,
    contentType: false,
    cacheControl: maxAge !== undefined,
    maxAge: (maxAge ?? 0) * 1000,
    immutable,
    etag: etag === undefined,
    lastModified: etag === undefined,
  });
  result.stream.destroy();
  if (result.type === "file") return answered(request, path, result, typeOf(path, ownType), etag);
  return result.statusCode === 412 || result.statusCode === 416 ? refused(result) : undefined;
}

type Head = Pick<Awaited<ReturnType<typeof send>>, "statusCode" | "headers">;

function answered(request: Request, path: string, head: Head, type: string, etag: string | undefined): Response {
  const headers = { ...lowerCase(head.headers), ...(etag === undefined ? {} : { etag }) };
  if (head.statusCode === 304) return { status: 304, headers, body: null };
  if (etag !== undefined && isFresh(request.headers, headers)) {
    return { status: 304, headers: { ...headers, "content-length": undefined }, body: null };
  }
  const body = request.method === "HEAD" ? null : contentOf(path, headers);
  return { status: head.statusCode, headers: { ...headers, "content-type": type }, body };
}

function refused({ statusCode, headers }: Head): Response {
  const range = lowerCase(headers)["content-range"];
  return { status: statusCode, headers: range === undefined ? {} : { "content-range": range }, body: "" };
}

/** Returns the body: the bytes that the head announces. */
function contentOf(path: string, headers: Headers): ResponseBody {
  const length = Number(headers["content-length"]);
  if (length === 0) return "";
  const start = Number(
    String(headers["content-range"] ?? "bytes 0-")
      .slice("bytes ".length)
      .split("-")[0],
  );
  return chunks(path, start, start + length - 1);
}

async function* chunks(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { start, end });
}

/** Returns the conditions of a request. Left out are those that RFC 9110 ignores and `@fastify/send` does not. */
function conditions(request: Request, size: number, etag: string | undefined): Record<string, string> {
  const names = ["if-match", "if-unmodified-since", "if-none-match", "if-modified-since", "if-range"];
  const headers: Record<string, string> = {};
  for (const name of etag === undefined ? names : []) {
    const value = headerValues(request.headers, name).join(", ");
    // Section 13.1.3: what is no date is no condition, and Date.parse takes "9999" for one.
    const isGiven = name.endsWith("-since") ? parseHttpDate(value) !== undefined : value !== "";
    if (isGiven) headers[name] = value;
  }
  const range = trimmed(headerValues(request.headers, "range").join(", "));
  if (range !== "" && isRangeWanted(request, range, size, etag)) headers["range"] = range;
  return headers;
}

function isRangeWanted(request: Request, range: string, size: number, etag: string | undefined): boolean {
  // Section 14.2: ranges are for GET alone.
  if (request.method !== "GET") return false;
  // Section 14.1.2: the last 500 of 100 bytes are all of them.
  if (range.startsWith("bytes=-") && Number(range.slice("bytes=-".length)) >= size && size > 0) return false;
  const condition = headerValues(request.headers, "if-range").join(", ");
  // Section 13.1.5: a weak ETag cannot say that two parts belong together.
  return etag === undefined ? !condition.startsWith("W/") : condition === "" || condition === etag;
}

function typeOf(path: string, ownType: (path: string) => string | undefined): string {
  const type = ownType(path) ?? mime.getType(path) ?? "application/octet-stream";
  return !type.includes(";") && send.isUtf8MimeType(type) ? `${type}; charset=utf-8` : type;
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
