import { Buffer } from "node:buffer";

/**
 * Returns a text in the encoding of HTML forms, in which Ring writes the values of cookies. Letters, digits and `-._*`
 * stay as they are. A space becomes `+`. Every other character becomes the `%XX` of its UTF-8. Half a surrogate pair
 * has no UTF-8 and becomes U+FFFD.
 */
export function formEncode(text: string): string {
  if (isPlainText(text)) return text;
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/**
 * Returns the decoded text, or undefined if a `%` is not followed by two hexadecimal digits. Bytes that are not UTF-8
 * become U+FFFD, as in Ring. Never throws.
 */
export function formDecode(text: string): string | undefined {
  if (!text.includes("%") && !text.includes("+")) return text;
  // URLSearchParams of Node garbles characters beside a code that is not UTF-8.
  const bytes = Buffer.from(text);
  const length = unescapeInPlace(bytes, false);
  return length === undefined ? undefined : bytes.toString("utf8", 0, length);
}

/**
 * Decodes form-encoded bytes in place. Returns the number of decoded bytes, or undefined if a `%` is not followed by
 * two hexadecimal digits. With `lenient` such a `%` stays as it is.
 */
export function unescapeInPlace(bytes: Buffer, lenient: boolean): number | undefined {
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.readUInt8(at);
    const code = byte === 0x25 ? hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]) : undefined;
    const isCode = code !== undefined && !Number.isNaN(code);
    if (code !== undefined && !isCode && !lenient) return undefined;
    if (isCode) at += 2;
    bytes[length++] = isCode ? code : byte === 0x2b ? 0x20 : byte;
  }
  return length;
}

function isPlainText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
    const digit = code >= 0x30 && code <= 0x39;
    if (!letter && !digit && code !== 0x2d && code !== 0x2e && code !== 0x5f && code !== 0x2a) return false;
  }
  return true;
}

/** Returns the value of a hexadecimal digit, or NaN if the code is none. */
function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  // Clears the bit that makes a letter lower case.
  const upper = code & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : Number.NaN;
}
