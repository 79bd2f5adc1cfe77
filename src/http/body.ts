import type { ResponseBody } from "../types.ts";

/** A body that comes in chunks. */
export type StreamedBody = Exclude<ResponseBody, string | Uint8Array | null>;

/** The reading end of a streamed body. */
export interface BodySource {
  readonly next: () => Promise<Chunk>;
  /** Tells the body that nobody wants the rest. Never throws. */
  readonly cancel: () => void;
}

type Chunk =
  | { readonly done?: false | undefined; readonly value: Uint8Array }
  | { readonly done: true; readonly value?: unknown };

/** Whether a body comes in chunks. */
export function isStreamed(body: ResponseBody | undefined): body is StreamedBody {
  return typeof body === "object" && body !== null && !ArrayBuffer.isView(body);
}

/** Starts reading a streamed body. */
export function openBody(body: StreamedBody): BodySource {
  if ("getReader" in body) {
    const reader = body.getReader();
    return { next: () => reader.read(), cancel: () => letGo(() => reader.cancel()) };
  }
  const iterator = body[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    cancel: () => letGo(() => (isDestroyable(body) ? body.destroy() : iterator.return?.())),
  };
}

/** Releases what a body holds where it will not be sent: after HEAD, a 304, or a client that left. */
export function discard(body: ResponseBody | undefined): void {
  if (!isStreamed(body)) return;
  letGo(() => openBody(body).cancel());
}

/** Node's streams: their iterator answers `return` only after the chunk that it waits for, `destroy` acts at once. */
function isDestroyable(body: object): body is { destroy(): unknown } {
  return "destroy" in body && typeof body.destroy === "function";
}

/** Nobody is left to hear that letting go failed. */
function letGo(release: () => unknown): void {
  try {
    Promise.resolve(release()).catch(() => undefined);
  } catch {
    return;
  }
}
