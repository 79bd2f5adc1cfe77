/**
 * Text in the encoding of HTML forms, which is how Ring writes the values of cookies:
 * letters, digits and `-._*` stand for themselves, a space is `+`, all else is `%XX` of its UTF-8.
 */
export function formEncode(text: string): string {
  if (isPlainText(text)) return text;
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/** The text again; undefined where a `%` is not followed by two hexadecimal digits. Never throws. */
export function formDecode(text: string): string | undefined {
  if (!text.includes("%") && !text.includes("+")) return text;
  if (!isWellFormed(text)) return undefined;
  // What is not UTF-8 comes out as U+FFFD, as in Ring; `&` would end the value here.
  return new URLSearchParams(`=${text.replaceAll("&", "%26")}`).get("") ?? undefined;
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

function isWellFormed(text: string): boolean {
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", at + 1)) {
    if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return false;
  }
  return true;
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
