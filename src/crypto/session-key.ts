import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

import { randomBytes } from "./random.ts";

const SESSION_KEY_BYTES = 24;

/** Makes a new session key: 192 random bits as 32 characters of base64url. */
export function createKey(): string {
  return randomBytes(SESSION_KEY_BYTES).toString("base64url");
}

/** Returns the SHA-256 of a session key, 32 bytes. A store on the server files the session under it. */
export function digestOf(key: string): Buffer {
  // The way through text takes half the time of a hash that returns a buffer.
  return Buffer.from(hash("sha256", key, "binary"), "latin1");
}

/** Returns the fingerprint of a session key, for events and logs. It is long enough to follow a session by. */
export function fingerprint(key: string): string {
  return hash("sha256", key, "hex").slice(0, 12);
}

/**
 * Returns the handle of a session key: its SHA-256 in base64url. A store of texts files the session under it, and lists
 * show it.
 */
export function handleOf(key: string): string {
  return hash("sha256", key, "base64url");
}

/** Returns the fingerprint of a session key, computed from its handle. */
export function fingerprintOf(handle: string): string {
  return Buffer.from(handle, "base64url").toString("hex").slice(0, 12);
}
