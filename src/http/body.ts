import type { ResponseBody } from "../types.ts";

/** Body that comes in chunks. */
export type StreamedBody = Exclude<ResponseBody, string | Uint8Array | null>;

/** Reader of a streamed body. */
export interface BodySource {
  readonly next: () => Promise<Chunk>;
  /** Tells the body that nobody wants the rest of it. Never throws. */
  readonly cancel: () => void;
}

type Chunk =
  | { readonly done?: false | undefined; readonly value: Uint8Array }
  | { readonly done: true; readonly value?: unknown };

/** Whether a body comes in chunks. */
export function isStreamed(body: ResponseBody | undefined): body is StreamedBody {
  return typeof body === "object" && body !== null && !ArrayBuffer.isView(body);
}

/** Returns a reader of a streamed body. */
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

/** Releases what a body holds, because it will not be sent: for a HEAD, a 304, or a client that has left. */
export function discard(body: ResponseBody | undefined): void {
  if (!isStreamed(body)) return;
  letGo(() => openBody(body).cancel());
}

/** Whether a body can be destroyed, as Node's streams can. Their iterator's `return` would wait for the next chunk. */
function isDestroyable(body: object): body is { destroy(): unknown } {
  return "destroy" in body && typeof body.destroy === "function";
}

/** Releases a body. Errors are dropped, because nobody is left to hear of them. */
function letGo(release: () => unknown): void {
  try {
    Promise.resolve(release()).catch(() => undefined);
  } catch {
    return;
  }
}
