import { Buffer } from "node:buffer";
import { createSecretKey, hkdfSync, scryptSync, type KeyObject } from "node:crypto";
import { isUint8Array } from "node:util/types";

import { bytesOf } from "./compare.ts";
import { kindOf } from "../shared/values.ts";

/** A key, ready for use. The secret is a KeyObject, because Node prepares raw bytes again for every call. */
export interface SealingKey {
  /** Name of the key inside a sealed value. It is derived together with the secret and reveals nothing about it. */
  readonly id: Buffer;
  readonly secret: KeyObject;
  /** Additional data that is authenticated with a sealed value, by purpose. Each cookie name is one purpose. */
  readonly authenticated: Map<string, Buffer>;
}

const SEALING_KEY_BYTES = 32;
const ID_BYTES = 4;
const SHORTEST_PASSPHRASE = 16;
const SALT = "ringlet/passphrase/1";
/** Costs 32 MiB and about a quarter of a second, once, when the store is built. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const CURE = "make one with generateKey()";

/**
 * Makes a sealing key from 32 bytes, from the base64url text of 32 bytes, or from a passphrase.
 *
 *     bytes      = as given | base64url-decoded | scrypt(passphrase, salt "ringlet/passphrase/1", N 32768, r 8, p 3)
 *     secret, id = HKDF-SHA256(bytes, no salt, info "ringlet/seal/1"), 32 bytes and 4 bytes
 *
 * @throws TypeError that says what was given and how to make a key
 */
export function sealingKey(where: string, given: unknown): SealingKey {
  const derived = Buffer.from(
    hkdfSync("sha256", keyBytes(where, given), "", "ringlet/seal/1", SEALING_KEY_BYTES + ID_BYTES),
  );
  // The id is a copy, so that nobody can reach the secret through the memory of the id.
  const id = Buffer.from(derived.subarray(SEALING_KEY_BYTES));
  return { id, secret: createSecretKey(derived.subarray(0, SEALING_KEY_BYTES)), authenticated: new Map() };
}

/**
 * Returns the 32 bytes of a key: those that were given, those of the base64url text, or those derived from the
 * passphrase.
 *
 * @throws TypeError that says what was given and how to make a key
 */
export function keyBytes(where: string, given: unknown): Uint8Array {
  // Not instanceof: some test runners give modules another realm than Buffer's.
  if (isUint8Array(given)) {
    if (given.length === SEALING_KEY_BYTES) return given;
    throw new TypeError(`${where} must be ${SEALING_KEY_BYTES} bytes, got ${given.length}; ${CURE}`);
  }
  if (typeof given !== "string") {
    throw new TypeError(
      `${where} must be ${SEALING_KEY_BYTES} bytes, base64url text or a passphrase, got ${kindOf(given)}; ${CURE}`,
    );
  }
  // White space can come from a file or a list. It would make another key than the one that was meant.
  if (isWhiteSpace(given.at(0)) || isWhiteSpace(given.at(-1))) {
    throw new TypeError(`${where} must not begin or end with white space; trim it`);
  }
  const decoded = bytesOf(given, SEALING_KEY_BYTES);
  if (decoded !== undefined) return decoded;
  if (given.length >= SHORTEST_PASSPHRASE) return scryptSync(given.normalize("NFC"), SALT, SEALING_KEY_BYTES, SCRYPT);
  // The text itself is a secret, so the message has only its length.
  throw new TypeError(
    `${where} must be ${SEALING_KEY_BYTES} bytes, base64url text of them, or a passphrase of at least ` +
      `${SHORTEST_PASSPHRASE} characters, got ${given.length} characters; ${CURE}`,
  );
}

function isWhiteSpace(character: string | undefined): boolean {
  return character !== undefined && " \t\r\n".includes(character);
}
