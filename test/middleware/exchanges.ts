import type { Headers, Request, Response } from "../../src/types.ts";

/** A GET of this uri, changed as a test wants it. */
export function get(uri = "/", changes: Partial<Request> = {}): Request {
  return { method: "GET", uri, headers: {}, scheme: "http", ...changes };
}

/** The headers that are there. */
export function headersOf(response: Response | null | undefined): Headers {
  return Object.fromEntries(Object.entries(response?.headers ?? {}).filter(([, value]) => value !== undefined));
}

/** A stream of one chunk that says whether it was closed. */
export function watchedStream(): { readonly body: ReadableStream<Uint8Array>; readonly isClosed: () => boolean } {
  let closed = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(3)),
    cancel: () => void (closed = true),
  });
  return { body, isClosed: () => closed };
}
