import { RequestError } from "../../errors.ts";
import type { Awaitable, Headers, Request, Response } from "../../types.ts";
import { failureResponse, isRequestError } from "../../http/failure.ts";
import { headerValues, trimmed } from "../../http/headers.ts";
import { isPromise } from "../../shared/awaitable.ts";
import { show } from "../../shared/values.ts";

/** From the bytes of a charset to text. */
export type Decoder = InstanceType<typeof TextDecoder>;

/** What a Content-Type says, in lower case. */
export interface MediaType {
  /** `"application/json"`; empty where the header is not there. */
  readonly type: string;
  readonly charset: string | undefined;
}

/** What a request says of its body (RFC 9110, section 8.3). Of several headers the first counts. */
export function mediaType(headers: Headers): MediaType {
  const [type = "", ...parameters] = (headerValues(headers, "content-type")[0] ?? "").split(";");
  const charset = parameters.map(trimmed).find((parameter) => parameter.toLowerCase().startsWith("charset="));
  return {
    type: trimmed(type).toLowerCase(),
    charset: withoutQuotes(charset?.slice("charset=".length))?.toLowerCase(),
  };
}

/** Whether there is a body that nobody has read: middleware that reads it leaves null. */
export function hasBody({ body }: Pick<Request, "body">): boolean {
  return body !== null && body !== undefined;
}

/**
 * The chunks of a body, up to so many bytes of them.
 *
 * @throws RequestError 413 for more, 400 where it breaks off
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
 * All of a body.
 *
 * @throws RequestError 413 for more bytes than that, 400 where it breaks off
 */
export async function bodyBytes(request: Pick<Request, "headers" | "body">, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(request, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** How many bytes a request announces; undefined where it does not. */
export function contentLength(headers: Headers): number | undefined {
  const [text] = headerValues(headers, "content-length");
  const length = Number(text ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Hands what was read of a request to a handler; what is wrong with the request is answered without it. */
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
 * The decoder of a charset that a client names.
 *
 * @throws RequestError 415 for one that nobody knows
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
 * Refuses an option that counts something.
 *
 * @throws TypeError
 */
export function checkCount(where: string, name: string, count: unknown): void {
  if (count === undefined || count === Number.POSITIVE_INFINITY) return;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return;
  throw new TypeError(`${where}: ${name} must be a whole number of at least 0, or Infinity, got ${show(count)}`);
}

/**
 * Refuses an option that is no charset.
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

/** Whatever a body throws, its sender or the way to it is at fault. */
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
