import { Buffer } from "node:buffer";

import { bytesOf, equalInConstantTime } from "../crypto/compare.ts";
import { randomBytes } from "../crypto/random.ts";

const SECRET_BYTES = 32;

/** The two secrets inside a token. */
export interface TokenSecrets {
  /** The secret of the visitor at the time the token was shown. */
  readonly secret: string;
  /** The secret after a log-in: it counts if the response that showed this token also logs in. */
  readonly next: string;
}

/** Returns a fresh secret: 256 random bits as 43 characters of base64url. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Whether a value is a secret as `createSecret` makes them. */
export function isSecret(value: unknown): value is string {
  return typeof value === "string" && bytesOf(value, SECRET_BYTES) !== undefined;
}

/**
 * Returns a token for a secret: 128 characters that differ each time. A text that stays the same can be guessed from
 * the size of a compressed page that also contains text of an attacker (BREACH, CVE-2013-3587).
 *
 *     pad ‖ pad ⊕ secret ‖ pad ⊕ next
 *
 * The pad is random and used once. `next` is random too: otherwise the difference of the last two parts would always be
 * the same.
 */
export function maskedToken(secret: string): string {
  const pad = randomBytes(SECRET_BYTES);
  const next = randomBytes(SECRET_BYTES);
  return Buffer.concat([pad, xor(pad, Buffer.from(secret, "base64url")), xor(pad, next)]).toString("base64url");
}

/** Returns the secrets inside a token, or undefined for any other text. It never throws, whatever a client sends. */
export function unmask(token: string): TokenSecrets | undefined {
  const bytes = bytesOf(token, 3 * SECRET_BYTES);
  if (bytes === undefined) return undefined;
  const part = (index: number): Buffer => bytes.subarray(index * SECRET_BYTES, (index + 1) * SECRET_BYTES);
  const text = (index: number): string => xor(part(0), part(index)).toString("base64url");
  return { secret: text(1), next: text(2) };
}

/** Whether a token holds a secret. It takes the same time for every token of the right form. */
export function opens(token: string, secret: string): boolean {
  const secrets = unmask(token);
  if (secrets === undefined) return false;
  const isSecretNow = equalInConstantTime(secrets.secret, secret);
  const isSecretNext = equalInConstantTime(secrets.next, secret);
  return isSecretNow || isSecretNext;
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
