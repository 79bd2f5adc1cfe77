import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { isUint8Array } from "node:util/types";

import { kindOf } from "../../shared/values.ts";
import { equalInConstantTime } from "../../crypto/compare.ts";
import { randomBytes } from "../../crypto/random.ts";

/*
 * A session as Ring's cookie-store seals it, unchanged since before Ring 1.1.8:
 *
 *     data  = IV, 16 octets | AES-128-CBC with PKCS #7 padding ( UTF-8 of the EDN )
 *     value = base64( data ) "--" base64( HMAC-SHA256( data ) )
 *
 * The one key of 16 octets is used for both.
 */
const RING_KEY_BYTES = 16;
const BLOCK = 16;
const SEPARATOR = "--";

/** The content of a valid seal. */
export interface RingOpened {
  readonly text: string;
  /** Which of the keys opened it: 0 is the one that seals. */
  readonly keyIndex: number;
}

/**
 * Makes a key of Ring's. It is a KeyObject, because Node prepares raw bytes anew for every call.
 *
 * @throws TypeError if it is not 16 octets. The message tells the length alone
 */
export function ringKey(where: string, given: unknown): KeyObject {
  if (!isUint8Array(given) && typeof given !== "string") {
    throw new TypeError(
      `${where} must be ${RING_KEY_BYTES} bytes, or text that is ${RING_KEY_BYTES} bytes, got ${kindOf(given)}`,
    );
  }
  const bytes = Buffer.from(given as Uint8Array);
  if (bytes.length === RING_KEY_BYTES) return createSecretKey(bytes);
  const cure =
    typeof given === "string" && bytes.length > RING_KEY_BYTES ? "; if it is hex or base64, decode it first" : "";
  throw new TypeError(`${where} must be ${RING_KEY_BYTES} bytes, as Ring's is, got ${bytes.length}${cure}`);
}

/** Seals a text. The IV is given in tests alone. */
export function sealRing(key: KeyObject, text: string, iv: Uint8Array = randomBytes(BLOCK)): string {
  const cipher = createCipheriv("aes-128-cbc", key, iv);
  const data = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]);
  return `${data.toString("base64")}${SEPARATOR}${authentication(key, data)}`;
}

/** Opens a seal. Returns undefined unless it is whole, and made with one of the keys. */
export function openRing(keys: readonly KeyObject[], sealed: string): RingOpened | undefined {
  // As in Ring, what stands behind a second separator is not looked at.
  const [spelling = "", mac = ""] = sealed.split(SEPARATOR, 2);
  const data = Buffer.from(spelling, "base64");
  if (!isSpelling(spelling, data)) return undefined;
  const keyIndex = keys.findIndex((key) => equalInConstantTime(mac, authentication(key, data)));
  const key = keys[keyIndex];
  if (key === undefined) return undefined;
  const text = decryptText(key, data);
  return text === undefined ? undefined : { text, keyIndex };
}

function authentication(key: KeyObject, data: Buffer): string {
  return createHmac("sha256", key).update(data).digest("base64");
}

/** Buffer reads past what is no base64, and past spare bits. Ring takes a spelling without padding too. */
function isSpelling(spelling: string, data: Buffer): boolean {
  const right = data.toString("base64");
  return spelling === right || spelling === right.replaceAll("=", "");
}

/** Decrypts a text. Returns undefined if a holder of the key has sealed something that is not a text of Ring's. */
function decryptText(key: KeyObject, data: Buffer): string | undefined {
  if (data.length < 2 * BLOCK || data.length % BLOCK !== 0) return undefined;
  const decipher = createDecipheriv("aes-128-cbc", key, data.subarray(0, BLOCK));
  try {
    const text = Buffer.concat([decipher.update(data.subarray(BLOCK)), decipher.final()]);
    // Ring puts U+FFFD in place of what is no UTF-8; the next write would make that loss last.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return undefined;
  }
}
