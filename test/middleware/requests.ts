import type { Request } from "../../src/index.ts";

/** Makes a POST request with a body of a content type. */
export function post(contentType: string, body: Uint8Array): Request {
  return { method: "POST", uri: "/", headers: { "content-type": contentType }, body: chunksOf(body, 65_536) };
}

/** Yields bytes in chunks of one size. */
export async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A body that fails after some bytes, as if its sender had left. */
export async function* brokenOff(bytes: Uint8Array = new Uint8Array()): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error("aborted");
}

/** Returns a record without a prototype as an ordinary object, at any depth. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
