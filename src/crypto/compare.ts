import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

/** Whether two texts are equal, told in a time that depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The bytes that a text spells in base64url, where it is their one spelling; undefined for every other text. `length`:
 * how many bytes it must be. Default: any number.
 *
 * Buffer alone would take several spellings of the same bytes. It reads `+` and `/` too, reads past every character that is
 * not base64, and drops spare bits behind the last byte.
 */
export function bytesOf(text: string, length: number = Math.floor((text.length * 3) / 4)): Buffer | undefined {
  if (text.length !== Math.ceil((length * 4) / 3)) return undefined;
  // Of a character beyond one byte, Buffer would read the low byte.
  if (text.includes("+") || text.includes("/") || Buffer.byteLength(text) !== text.length) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // A character that was read past leaves fewer bytes than a text of this length has.
  if (bytes.length !== length) return undefined;
  const rest = length % 3;
  return rest === 0 || text.endsWith(bytes.toString("base64url", length - rest)) ? bytes : undefined;
}
