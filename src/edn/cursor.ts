import { DEEPEST_EDN, EdnError } from "./data.ts";

/** A text, how far it has been read, and how deep. */
export interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

/** Java's `Character.isWhitespace`, and the comma. */
const SPACE =
  ", \t\n\v\f\r\u001c\u001d\u001e\u001f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006" +
  "\u2008\u2009\u200a\u2028\u2029\u205f\u3000";
const TERMINATING = '";^()[]{}\\';
const NEVER = "@`~";

/** What Clojure takes for white space. */
export function isEdnSpace(character: string): boolean {
  return SPACE.includes(character);
}

/** Whether a token ends before this character; at the end of the text it is empty. */
export function endsToken(character: string): boolean {
  return character === "" || isEdnSpace(character) || TERMINATING.includes(character);
}

/** The character under the cursor; empty at the end. */
export function peek(cursor: Cursor): string {
  return cursor.text.charAt(cursor.at);
}

/**
 * Reads a number, a symbol or a keyword as text: up to white space, a bracket, a quote or a backslash.
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
 * Reads what is nested, one deeper.
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

/** Whether a text is made of digits, and is not empty. */
export function isDigits(text: string): boolean {
  return text !== "" && [...text].every((character) => character >= "0" && character <= "9");
}
