import { DEEPEST_EDN, EdnError } from "./data.ts";

/** Position in a text that is being read, and the depth of nesting there. */
export interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

/** White space of Clojure: that of Java's `Character.isWhitespace`, and the comma. */
const SPACE =
  ", \t\n\v\f\r\u001c\u001d\u001e\u001f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006" +
  "\u2008\u2009\u200a\u2028\u2029\u205f\u3000";
const TERMINATING = '";^()[]{}\\';
const NEVER = "@`~";

/** Whether a character is white space in Clojure. */
export function isEdnSpace(character: string): boolean {
  return SPACE.includes(character);
}

/** Whether a token ends before this character. At the end of the text the character is empty. */
export function endsToken(character: string): boolean {
  return character === "" || isEdnSpace(character) || TERMINATING.includes(character);
}

/** Returns the character at the cursor; it is empty at the end of the text. */
export function peek(cursor: Cursor): string {
  return cursor.text.charAt(cursor.at);
}

/**
 * Reads a token: a number, a symbol or a keyword as text. It ends before white space, a bracket, a quote or a
 * backslash.
 *
 * @throws EdnError
 */
export function readToken(cursor: Cursor): string {
  const start = cursor.at;
  while (!endsToken(peek(cursor))) {
    if (NEVER.includes(peek(cursor))) throw new EdnError("a token has one of @ ` ~ in it");
    cursor.at++;
  }
  return cursor.text.slice(start, cursor.at);
}

/**
 * Calls `read` one level deeper.
 *
 * @throws EdnError
 */
export function deeper<C extends Cursor, T>(cursor: C, read: (cursor: C) => T): T {
  // An atom within the deepest brackets is one deeper than they are.
  if (cursor.depth > DEEPEST_EDN) throw new EdnError(`nested more than ${DEEPEST_EDN} deep`);
  cursor.depth++;
  const answer = read(cursor);
  cursor.depth--;
  return answer;
}

/** Whether a text is made of digits of ASCII, and is not empty. */
export function isDigits(text: string): boolean {
  return text !== "" && [...text].every((character) => character >= "0" && character <= "9");
}
