import { RequestError } from "../../errors.ts";
import type { Awaitable, Headers, Request, Response } from "../../types.ts";
import { failureResponse, isRequestError } from "../../http/failure.ts";
import { headerValues, trimmed } from "../../http/headers.ts";
import { isPromise } from "../../shared/awaitable.ts";
import { show } from "../../shared/values.ts";

/** Decoder of the bytes of one charset. */
export type Decoder = InstanceType<typeof TextDecoder>;

/** The parts of a Content-Type, in lower case. */
export interface MediaType {
  /** The type, `"application/json"`; empty if there is no header. */
  readonly type: string;
  readonly charset: string | undefined;
}

/** Returns the type and charset of a request's body (RFC 9110, section 8.3). Of several headers the first counts. */
export function mediaType(headers: Headers): MediaType {
  const [type = "", ...parameters] = (headerValues(headers, "content-type")[0] ?? "").split(";");
  const charset = parameters.map(trimmed).find((parameter) => parameter.toLowerCase().startsWith("charset="));
  return {
    type: trimmed(type).toLowerCase(),
    charset: withoutQuotes(charset?.slice("charset=".length))?.toLowerCase(),
  };
}

/** Whether a request has a body that nobody has read. Middleware that reads it leaves null. */
export function hasBody({ body }: Pick<Request, "body">): boolean {
  return body !== null && body !== undefined;
}

/**
 * Yields the chunks of a body.
 *
 * @throws RequestError 413 for more than `maxBytes` bytes, 400 if the body is broken off
 */
export async function* bodyChunks(
  request: Pick<Request, "headers" | "body">,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  if ((contentLength(request.headers) ?? 0) > maxBytes) throw tooLong(maxBytes);
  let length = 0;
  for await (const chunk of unbroken(request.body ?? [])) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLong(maxBytes);
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

/**
 * Returns the whole body.
 *
 * @throws RequestError 413 for more than `maxBytes` bytes, 400 if the body is broken off
 */
export async function bodyBytes(request: Pick<Request, "headers" | "body">, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(request, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Returns the number of bytes that a request announces, or undefined if it announces none. */
export function contentLength(headers: Headers): number | undefined {
  const [text] = headerValues(headers, "content-length");
  const length = Number(text ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Calls a handler with a request that was read. If `read` throws a RequestError, its response is returned instead. */
export function readThen<Req, Res>(
  read: () => Awaitable<Req>,
  handler: (request: Req) => Awaitable<Res>,
): Awaitable<Res | Response> {
  let request: Awaitable<Req>;
  try {
    request = read();
  } catch (error) {
    return responseTo(error);
  }
  return isPromise(request) ? request.then(handler, responseTo) : handler(request);
}

/**
 * Returns the decoder of a charset that a client names.
 *
 * @throws RequestError 415 for an unknown charset
 */
export function decoderOf(
  charset: string,
  options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
): Decoder {
  try {
    return new TextDecoder(charset, options);
  } catch {
    throw new RequestError(415, "The charset of the body is not known.");
  }
}

/**
 * Throws if an option is given and is no count.
 *
 * @throws TypeError
 */
export function checkCount(where: string, name: string, count: unknown): void {
  if (count === undefined || count === Number.POSITIVE_INFINITY) return;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return;
  throw new TypeError(`${where}: ${name} must be a whole number of at least 0, or Infinity, got ${show(count)}`);
}

/**
 * Throws if an option is given and is no charset.
 *
 * @throws TypeError
 */
export function checkCharset(where: string, name: string, charset: unknown): void {
  if (charset === undefined) return;
  try {
    void new TextDecoder(typeof charset === "string" ? charset : "none");
  } catch {
    throw new TypeError(`${where}: ${name} must be a charset such as "utf-8", got ${show(charset)}`);
  }
}

function responseTo(error: unknown): Response {
  if (!isRequestError(error)) throw error;
  return failureResponse(error);
}

/** Yields the chunks of a body. Its errors become a RequestError: the sender, or the way to it, is at fault. */
async function* unbroken(body: AsyncIterable<Uint8Array> | readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (cause) {
    throw new RequestError(400, "The body broke off.", { cause });
  }
}

function tooLong(maxBytes: number): RequestError {
  return new RequestError(413, `The body may have ${maxBytes} bytes at most.`);
}

function withoutQuotes(text: string | undefined): string | undefined {
  return text?.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
