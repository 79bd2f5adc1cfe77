import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";

import { bytesOf } from "../../crypto/compare.ts";
import { randomBytes } from "../../crypto/random.ts";
import type { SealingKey } from "../../crypto/sealing-key.ts";

/*
 * A sealed value, as base64url without padding:
 *
 *     version 1 | key id | nonce | AES-256-GCM( issued at | expires at | text ) | tag
 *     1 octet     4        12                   6           6            UTF-8    16
 *
 * The times are in milliseconds since 1970, big-endian; expires at 0 is never. What is authenticated beside the
 * ciphertext: "ringlet/seal/1", a NUL, the purpose (the cookie's name), a NUL, version and key id.
 */
const VERSION = 1;
const VERSION_OCTET: Buffer = Buffer.of(VERSION);
const NONCE_AT = 5;
const TEXT_AT = 17;
const TIMES = 12;
const TAG = 16;
/** The first time that six octets cannot hold, in the year 10889. From there on it is never. */
const END_OF_TIME = 2 ** 48 - 1;

/** The content of a seal. */
export interface Opened {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly issued: number;
  /** Milliseconds since 1970; Infinity for never. */
  readonly expires: number;
  /** Which of the keys opened it: 0 is the one that seals. */
  readonly keyIndex: number;
}

/** Returns times as a seal keeps them: in whole milliseconds, `expires` rounded up. */
export function sealTimes(issued: number, expires: number): Pick<Opened, "issued" | "expires"> {
  return { issued: Math.floor(issued), expires: expires < END_OF_TIME ? Math.ceil(expires) : Infinity };
}

/** Seals a text for a purpose, from `issued` until `expires` (Infinity: for ever). */
export function seal(key: SealingKey, purpose: string, text: string, issued: number, expires: number): string {
  const nonce = randomBytes(TEXT_AT - NONCE_AT);
  const plain = Buffer.allocUnsafe(TIMES + Buffer.byteLength(text));
  const kept = sealTimes(issued, expires);
  plain.writeUIntBE(kept.issued, 0, 6);
  plain.writeUIntBE(kept.expires === Infinity ? 0 : kept.expires, 6, 6);
  plain.write(text, TIMES);
  const cipher = createCipheriv("aes-256-gcm", key.secret, nonce);
  cipher.setAAD(authenticated(key, purpose));
  const sealed = cipher.update(plain);
  // A stream cipher holds nothing back: final() has only the tag to make.
  cipher.final();
  return Buffer.concat([VERSION_OCTET, key.id, nonce, sealed, cipher.getAuthTag()]).toString("base64url");
}

/** Opens a seal. Returns undefined unless it is whole, and made with one of the keys for this purpose. */
export function open(keys: readonly SealingKey[], purpose: string, sealed: string): Opened | undefined {
  const bytes = bytesOf(sealed);
  if (bytes === undefined || bytes.length < TEXT_AT + TIMES + TAG || bytes[0] !== VERSION) return undefined;
  for (const [keyIndex, key] of keys.entries()) {
    if (key.id.compare(bytes, 1, NONCE_AT) !== 0) continue;
    const plain = decrypt(key, purpose, bytes);
    if (plain !== undefined) return { ...times(plain), text: plain.toString("utf8", TIMES), keyIndex };
  }
  return undefined;
}

function decrypt(key: SealingKey, purpose: string, bytes: Buffer): Buffer | undefined {
  const decipher = createDecipheriv("aes-256-gcm", key.secret, bytes.subarray(NONCE_AT, TEXT_AT), {
    authTagLength: TAG,
  });
  decipher.setAAD(authenticated(key, purpose));
  decipher.setAuthTag(bytes.subarray(-TAG));
  const plain = decipher.update(bytes.subarray(TEXT_AT, -TAG));
  try {
    // Nothing of the plaintext is looked at before the tag has been.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

function times(plain: Buffer): Pick<Opened, "issued" | "expires"> {
  return { issued: plain.readUIntBE(0, 6), expires: plain.readUIntBE(6, 6) || Infinity };
}

/** Returns what is authenticated beside the text. It is made once for all values that a key seals for a purpose. */
function authenticated(key: SealingKey, purpose: string): Buffer {
  const known = key.authenticated.get(purpose);
  if (known !== undefined) return known;
  const made = Buffer.concat([Buffer.from(`ringlet/seal/1\0${purpose}\0`), VERSION_OCTET, key.id]);
  key.authenticated.set(purpose, made);
  return made;
}
