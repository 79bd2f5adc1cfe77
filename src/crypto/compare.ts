import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

/** Whether two texts are equal. The time it takes depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Returns the bytes of a base64url text, or undefined if the text is not their one canonical spelling. `length` is the
 * number of bytes that the text must have. Default: any number.
 *
 * Buffer alone accepts several spellings of the same bytes. It reads `+` and `/` too, skips every character that is not
 * base64, and drops spare bits after the last byte.
 */
export function bytesOf(text: string, length: number = Math.floor((text.length * 3) / 4)): Buffer | undefined {
  if (text.length !== Math.ceil((length * 4) / 3)) return undefined;
  // Buffer reads only the low byte of a character that needs two.
  if (text.includes("+") || text.includes("/") || Buffer.byteLength(text) !== text.length) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // A skipped character leaves fewer bytes than a text of this length should have.
  if (bytes.length !== length) return undefined;
  const rest = length % 3;
  return rest === 0 || text.endsWith(bytes.toString("base64url", length - rest)) ? bytes : undefined;
}
