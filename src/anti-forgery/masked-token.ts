import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

import { randomBytes } from "../crypto/random.ts";

const SECRET_BYTES = 32;

/** What a token that was shown stands for. */
export interface TokenSecrets {
  /** The secret of the visitor when it was shown. */
  readonly secret: string;
  /** The secret that the visitor has from then on, where the response that showed it was a log-in. */
  readonly next: string;
}

/** A fresh secret: 256 random bits as 43 characters of base64url. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Whether a value is a secret as `createSecret` makes them. */
export function isSecret(value: unknown): value is string {
  return typeof value === "string" && bytesOf(value, SECRET_BYTES) !== undefined;
}

/**
 * A secret as it is shown, each time another 128 characters, because a page that is compressed beside what an attacker
 * chose gives away what stays the same (BREACH, CVE-2013-3587):
 *
 *     pad ‖ pad ⊕ secret ‖ pad ⊕ next
 *
 * The pad is random and used once. `next` is random too: it masks the secret in the difference of the two halves.
 */
export function maskedToken(secret: string): string {
  const pad = randomBytes(SECRET_BYTES);
  const next = randomBytes(SECRET_BYTES);
  return Buffer.concat([pad, xor(pad, Buffer.from(secret, "base64url")), xor(pad, next)]).toString("base64url");
}

/** What a token stands for; undefined where it is none. Whatever a client sends, it does not throw. */
export function unmask(token: string): TokenSecrets | undefined {
  const bytes = bytesOf(token, 3 * SECRET_BYTES);
  if (bytes === undefined) return undefined;
  const part = (index: number): Buffer => bytes.subarray(index * SECRET_BYTES, (index + 1) * SECRET_BYTES);
  const text = (index: number): string => xor(part(0), part(index)).toString("base64url");
  return { secret: text(1), next: text(2) };
}

/** Whether a token stands for a secret. It takes the same time for every token of the right form. */
export function opens(token: string, secret: string): boolean {
  const secrets = unmask(token);
  if (secrets === undefined) return false;
  const expected = Buffer.from(secret, "base64url");
  const isExpected = (text: string): boolean => timingSafeEqual(Buffer.from(text, "base64url"), expected);
  const isSecretNow = isExpected(secrets.secret);
  const isSecretNext = isExpected(secrets.next);
  return isSecretNow || isSecretNext;
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

/** Bytes out of their base64url text, where it is exactly that. */
function bytesOf(text: string, length: number): Buffer | undefined {
  if (text.length !== Math.ceil((length * 4) / 3)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  return bytes.length === length && bytes.toString("base64url") === text ? bytes : undefined;
}
