import { setMaxListeners } from "node:events";

import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";

import { RequestError } from "../../errors.ts";
import { gathered } from "./records.ts";
import { bodyChunks, contentLength } from "./request-body.ts";
import type { Headers, Request } from "../../types.ts";
import { markUploaded, type MultipartStore } from "./multipart-stores.ts";

const PIECE = 65_536;

/** Limits of a multipart body, and a listener of its progress. */
export interface MultipartLimits {
  /**
   * Charset of fields that name none: UTF-8, Latin-1 or UTF-16LE. Default: that of the Content-Type, otherwise UTF-8.
   */
  readonly encoding?: string | undefined;
  /** The most bytes of one file. Default 16 777 216 (16 MiB). */
  readonly maxFileSize?: number | undefined;
  /** The most files. Default 20. */
  readonly maxFileCount?: number | undefined;
  /** The most fields that are no files. Default 1000. */
  readonly maxFields?: number | undefined;
  /** The most bytes of one field. Default 1 048 576 (1 MiB). */
  readonly maxFieldSize?: number | undefined;
  /** The most bytes of the whole body. Default 67 108 864 (64 MiB). */
  readonly maxBytes?: number | undefined;
  /**
   * Called for each chunk with the bytes so far, the bytes announced (undefined if they are not) and the parts so far.
   * Ring's `:progress-fn`.
   */
  readonly progress?:
    | ((request: Request, bytesRead: number, contentLength: number | undefined, itemCount: number) => void)
    | undefined;
}

/** The fields of a multipart form by name. */
type Parts<File> = Record<string, string | File | readonly (string | File)[]>;

/**
 * Reads a multipart body: fields become text, files go into the store. If that fails, its files are removed.
 *
 * @throws RequestError 413 over a limit, 400 if malformed or broken off; the errors of the store
 */
export async function readMultipart<File extends object>(
  request: Request,
  store: MultipartStore<File>,
  charset: string | undefined,
  limits: MultipartLimits,
): Promise<Parts<File>> {
  const form = new AbortController();
  // Each file listens to it, and after the tenth Node would warn of a leak.
  setMaxListeners(0, form.signal);
  const parts: { readonly name: string; readonly value: string | Promise<File> }[] = [];
  const parser = openParser(request.headers, charset, limits);
  const ended = watch(parser, limits, form, {
    onField: (name, value) => void parts.push({ name, value }),
    onFile: (name, stream, filename, contentType) => {
      const value = storedFile(store, stream, filename, contentType, form);
      // What it rejects with is already the reason that the form has failed.
      value.catch(() => undefined);
      parts.push({ name, value });
    },
  });
  ended.catch(() => undefined);
  try {
    await feed(parser, request, limits, form.signal, () => parts.length);
    await ended;
    return await collected(parts);
  } catch (error) {
    form.abort(error);
    await discardAll(store, parts);
    throw form.signal.reason;
  }
}

/** Whether the parser knows a charset. */
export function isDecoded(charset: string): boolean {
  return ["utf-8", "windows-1252", "utf-16le"].includes(encodingOf(charset));
}

/** Returns the name under which the parser may know a charset. */
function encodingOf(charset: string): string {
  return new TextDecoder(charset).encoding;
}

interface Listeners {
  readonly onField: (name: string, value: string) => void;
  readonly onFile: (name: string, stream: BusboyFileStream, filename: string, contentType: string) => void;
}

function openParser(headers: Headers, charset: string | undefined, limits: MultipartLimits): BusboyInstance {
  const { maxFileSize = 16_777_216, maxFileCount = 20, maxFields = 1000, maxFieldSize = 1_048_576 } = limits;
  const contentType = headers["content-type"];
  try {
    return Busboy({
      headers: { "content-type": typeof contentType === "string" ? contentType : "" },
      defCharset: limits.encoding === undefined ? (charset ?? "utf-8") : encodingOf(limits.encoding),
      // A file is what has a name, even an empty one.
      isPartAFile: (_name, _type, filename) => filename !== undefined,
      limits: {
        fileSize: maxFileSize,
        files: maxFileCount,
        fields: maxFields,
        // Parts that are neither cost as much to read, and no listener hears of them.
        parts: maxFileCount + maxFields,
        fieldSize: maxFieldSize,
        headerPairs: 20,
        headerSize: 16_384,
      },
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Listens to the parser. The promise resolves when the last part has been read, and rejects when the form fails. */
function watch(
  parser: BusboyInstance,
  limits: MultipartLimits,
  form: AbortController,
  { onField, onFile }: Listeners,
): Promise<void> {
  const { maxFileSize = 16_777_216, maxFileCount = 20, maxFields = 1000, maxFieldSize = 1_048_576 } = limits;
  const fail = (error: unknown): void => form.abort(error);
  const tooMuch = (what: string): void => fail(new RequestError(413, what));
  parser.on("field", (name: string | undefined, value, _nameTruncated, isTruncated) => {
    if (isTruncated) tooMuch(`A field may have ${maxFieldSize} bytes at most.`);
    else if (name !== undefined && !form.signal.aborted) onField(name, value);
  });
  parser.on("file", (name: string | undefined, stream, filename, _encoding, contentType) => {
    // The parser emits errors on files by hand, and without a listener that ends the process.
    stream.on("error", () => undefined);
    stream.once("limit", () => tooMuch(`A file may have ${maxFileSize} bytes at most.`));
    if (name === undefined || form.signal.aborted) stream.resume();
    else onFile(name, stream, filename, contentType);
  });
  parser.on("filesLimit", () => tooMuch(`There may be ${maxFileCount} files at most.`));
  parser.on("fieldsLimit", () => tooMuch(`There may be ${maxFields} fields at most.`));
  parser.on("partsLimit", () => tooMuch(`There may be ${maxFileCount + maxFields} parts at most.`));
  parser.on("error", (cause) => fail(malformed(cause)));
  return new Promise((resolve, reject) => {
    parser.on("finish", resolve);
    form.signal.addEventListener("abort", () => reject(form.signal.reason as Error));
  });
}

/** Writes a body into the parser, chunk by chunk, as fast as the store accepts it. */
async function feed(
  parser: BusboyInstance,
  request: Request,
  limits: MultipartLimits,
  signal: AbortSignal,
  itemCount: () => number,
): Promise<void> {
  const announced = contentLength(request.headers);
  let bytesRead = 0;
  for await (const chunk of bodyChunks(request, limits.maxBytes ?? 67_108_864)) {
    for (const piece of piecesOf(chunk)) {
      signal.throwIfAborted();
      await feedPiece(parser, piece, signal);
    }
    bytesRead += chunk.byteLength;
    limits.progress?.(request, bytesRead, announced, itemCount());
  }
  parser.end();
}

/**
 * Cuts a chunk into pieces. The parser would read a body of one chunk to its end, past any limit, and slower and
 * slower.
 */
function* piecesOf(chunk: Buffer): Generator<Buffer> {
  for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
}

function feedPiece(parser: BusboyInstance, chunk: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", aborted, { once: true });
    parser.write(chunk, () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
  });
}

/** Stores a file. If the store fails, so does the form. If the form fails, so does the stream that the store reads. */
async function storedFile<File extends object>(
  store: MultipartStore<File>,
  stream: BusboyFileStream,
  filename: string,
  contentType: string,
  form: AbortController,
): Promise<File> {
  const cut = (): void => void stream.destroy(form.signal.reason as Error);
  form.signal.addEventListener("abort", cut, { once: true });
  try {
    const file = await store.storeFile({ filename, contentType, stream });
    stream.resume();
    return markUploaded(file);
  } catch (error) {
    form.abort(error);
    throw error;
  }
}

async function collected<File>(
  parts: readonly { readonly name: string; readonly value: string | Promise<File> }[],
): Promise<Parts<File>> {
  const pairs: [name: string, value: string | File][] = [];
  for (const { name, value } of parts) pairs.push([name, await value]);
  return gathered(pairs);
}

async function discardAll<File extends object>(
  store: MultipartStore<File>,
  parts: readonly { readonly value: string | Promise<File> }[],
): Promise<void> {
  const files = await Promise.allSettled(parts.map(async ({ value }) => value));
  const stored = files.flatMap((each) =>
    each.status === "fulfilled" && typeof each.value === "object" ? [each.value] : [],
  );
  await Promise.allSettled(stored.map(async (file) => store.discardFile?.(file)));
}

function malformed(cause: unknown): RequestError {
  return new RequestError(400, "The body is no multipart form.", { cause });
}
