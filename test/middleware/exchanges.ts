import type { Headers, Request, Response } from "../../src/types.ts";

/** Makes a GET request for a uri, with changes. */
export function get(uri = "/", changes: Partial<Request> = {}): Request {
  return { method: "GET", uri, headers: {}, scheme: "http", ...changes };
}

/** Returns the headers whose value is not undefined. */
export function headersOf(response: Response | null | undefined): Headers {
  return Object.fromEntries(Object.entries(response?.headers ?? {}).filter(([, value]) => value !== undefined));
}

/** Makes a stream, and a function that returns whether it was closed. */
export function watchedStream(): { readonly body: ReadableStream<Uint8Array>; readonly isClosed: () => boolean } {
  let closed = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(3)),
    cancel: () => void (closed = true),
  });
  return { body, isClosed: () => closed };
}
