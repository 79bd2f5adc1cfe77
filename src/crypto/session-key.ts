import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

import { randomBytes } from "./random.ts";

const SESSION_KEY_BYTES = 24;

/** A fresh session key: 192 random bits as 32 characters of base64url. */
export function createKey(): string {
  return randomBytes(SESSION_KEY_BYTES).toString("base64url");
}

/** What a server-side store files a session under: the SHA-256 of its key, 32 bytes. */
export function digestOf(key: string): Buffer {
  // By way of text: it takes half the time of a hash that is asked for a buffer.
  return Buffer.from(hash("sha256", key, "binary"), "latin1");
}

/** What stands for a key in events and logs: too short to find the key by, long enough to follow it. */
export function fingerprint(key: string): string {
  return hash("sha256", key, "hex").slice(0, 12);
}

/** What a server-side store of text files a session under, and what stands for it in lists: the digest in base64url. */
export function handleOf(key: string): string {
  return hash("sha256", key, "base64url");
}

/** The fingerprint of a key, by its handle. */
export function fingerprintOf(handle: string): string {
  return Buffer.from(handle, "base64url").toString("hex").slice(0, 12);
}
