import { Buffer } from "node:buffer";

/**
 * Text in the encoding of HTML forms, which is how Ring writes the values of cookies: letters, digits and `-._*` stand
 * for themselves, a space is `+`, all else is `%XX` of its UTF-8. Half a surrogate pair, which has none, is U+FFFD.
 */
export function formEncode(text: string): string {
  if (isPlainText(text)) return text;
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/**
 * The text again; undefined where a `%` is not followed by two hexadecimal digits. What is not UTF-8 comes out as
 * U+FFFD, as in Ring. Never throws.
 */
export function formDecode(text: string): string | undefined {
  if (!text.includes("%") && !text.includes("+")) return text;
  // Not by URLSearchParams: Node's garbles what stands beside a code that is no UTF-8.
  const bytes = Buffer.from(text);
  const length = unescapeInPlace(bytes, false);
  return length === undefined ? undefined : bytes.toString("utf8", 0, length);
}

/**
 * Puts what form-encoded bytes stand for into their place, and answers how many these are. Undefined where a `%` is not
 * followed by two hexadecimal digits, unless `lenient` lets it stand for itself.
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

/** What a hexadecimal digit stands for; NaN where it is none. */
function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  // Without the bit that tells lower case.
  const upper = code & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : Number.NaN;
}
