import { Buffer } from "node:buffer";

import { EdnError } from "./data.ts";
import { type Cursor, endsToken, isEdnSpace, peek, readToken } from "./cursor.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  b: "\b",
  f: "\f",
  "\\": "\\",
  '"': '"',
};

const CHARACTER_NAMES: Readonly<Record<string, string>> = {
  newline: "\n",
  space: " ",
  tab: "\t",
  backspace: "\b",
  formfeed: "\f",
  return: "\r",
};

/**
 * Reads a text, from its first quote to its last.
 *
 * @throws EdnError
 */
export function readString(cursor: Cursor): string {
  let text = "";
  cursor.at++;
  for (;;) {
    const character = peek(cursor);
    cursor.at++;
    if (character === "") throw new EdnError("a text does not end");
    if (character === '"') break;
    text += character === "\\" ? readEscape(cursor) : character;
  }
  if (!isWellFormed(text)) throw new EdnError("a text has half a surrogate pair");
  return text;
}

/** Prints a text in double quotes, as `pr-str` does. */
export function printString(text: string): string {
  let printed = "";
  for (const character of text) {
    const escape = Object.keys(ESCAPES).find((key) => ESCAPES[key] === character);
    printed += escape === undefined ? character : `\\${escape}`;
  }
  return `"${printed}"`;
}

/** Whether a text can be written in UTF-8 and read back: it has no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

/**
 * Reads a character after its backslash: `\a`, `\newline`, `\u00e9`, `\o101`.
 *
 * @throws EdnError
 */
export function readCharacter(cursor: Cursor): string {
  cursor.at++;
  const first = peek(cursor);
  cursor.at++;
  const token = first + readToken(cursor);
  if (token.length === 1 && isCharacter(token)) return token;
  const named = Object.hasOwn(CHARACTER_NAMES, token) ? CHARACTER_NAMES[token] : undefined;
  const code = token[0] === "u" && token.length === 5 ? token.slice(1) : undefined;
  const octal = token[0] === "o" && token.length < 5 ? token.slice(1) : undefined;
  const character = named ?? (octal === undefined ? fromCode(code, 16, 0xffff) : fromCode(octal, 8, 0o377));
  if (character !== undefined && isCharacter(character)) return character;
  throw new EdnError("there is no such character");
}

/** Prints a character as `pr-str` does. Invisible characters are printed as their codes. */
export function printCharacter(character: string): string {
  const name = Object.keys(CHARACTER_NAMES).find((key) => CHARACTER_NAMES[key] === character);
  if (name !== undefined) return `\\${name}`;
  if (character > " " && !isEdnSpace(character) && character !== "\u007f") return `\\${character}`;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Whether a text is one UTF-16 unit, and no half of a surrogate pair. */
export function isCharacter(text: string): boolean {
  return text.length === 1 && isWellFormed(text);
}

function readEscape(cursor: Cursor): string {
  const letter = peek(cursor);
  cursor.at++;
  if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter] ?? "";
  if (letter === "u") return fromCode(takeExactly(cursor, 4), 16, 0xffff) ?? refuseEscape();
  cursor.at--;
  return fromCode(takeOctal(cursor), 8, 0o377) ?? refuseEscape();
}

function takeExactly(cursor: Cursor, count: number): string | undefined {
  const taken = cursor.text.slice(cursor.at, cursor.at + count);
  cursor.at += count;
  return taken.length === count ? taken : undefined;
}

/** Takes up to three characters that should be octal digits. It stops where a token would end. */
function takeOctal(cursor: Cursor): string {
  const start = cursor.at;
  while (cursor.at < start + 3 && !endsToken(peek(cursor)) && peek(cursor) !== "#") cursor.at++;
  return cursor.text.slice(start, cursor.at);
}

function fromCode(digits: string | undefined, base: 8 | 16, most: number): string | undefined {
  const known = base === 8 ? "01234567" : "0123456789abcdefABCDEF";
  if (digits === undefined || digits === "" || ![...digits].every((digit) => known.includes(digit))) return undefined;
  const code = Number.parseInt(digits, base);
  return code > most ? undefined : String.fromCharCode(code);
}

function refuseEscape(): never {
  throw new EdnError("a text has an escape that there is not");
}
