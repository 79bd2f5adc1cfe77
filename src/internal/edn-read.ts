import { type Edn, type EdnMap, EdnError, isTagName, tagOf } from "./edn.ts";
import { type Cursor, deeper, endsToken, isSpace, peek, readToken } from "./edn-cursor.ts";
import { identityOf } from "./edn-identity.ts";
import { instantOf, uuidOf } from "./edn-literal.ts";
import { isKeywordName, isSymbolName, isTagSymbol, startsNumber } from "./edn-name.ts";
import { readNumber } from "./edn-number.ts";
import { printString, readCharacter, readString } from "./edn-text.ts";

/** A value, and the text that it was read from. */
interface Form {
  readonly value: Edn;
  readonly text: string;
}

/**
 * The first form of a text, as `clojure.edn/read-string` reads it; undefined where there is none. What comes behind it
 * is not looked at. Metadata are left out: nobody prints them.
 *
 * @throws EdnError where the text is no EDN, and nothing else whatever the text is
 */
export function readEdn(text: string): Edn | undefined {
  const cursor: Cursor = { text, at: 0, depth: 0 };
  skip(cursor);
  return cursor.at === text.length ? undefined : readForm(cursor).value;
}

/**
 * The one form that a text is, from its first character to its last.
 *
 * @throws EdnError
 */
export function readWholeEdn(text: string): Edn {
  const cursor: Cursor = { text, at: 0, depth: 0 };
  const { value } = readForm(cursor);
  if (cursor.at < text.length) throw new EdnError("there is more behind the form");
  return value;
}

function readForm(cursor: Cursor): Form {
  skip(cursor);
  const start = cursor.at;
  const value = deeper(cursor, readValue);
  return { value, text: cursor.text.slice(start, cursor.at) };
}

function readValue(cursor: Cursor): Edn {
  const character = peek(cursor);
  switch (character) {
    case "":
      throw new EdnError("the text ends within a form");
    case '"':
      return readString(cursor);
    case "\\":
      return { $char: readCharacter(cursor) };
    case "[":
      return readUntil(cursor, "]").map(({ value }) => value);
    case "(":
      return { $list: readUntil(cursor, ")").map(({ value }) => value) };
    case "{":
      return mapOf(readUntil(cursor, "}"), undefined);
    case "^":
      return readBehindMetadata(cursor);
    case "#":
      return readDispatch(cursor);
    case ")":
    case "]":
    case "}":
      throw new EdnError("a bracket closes what none has opened");
    default:
      return readAtom(cursor);
  }
}

/** White space, comments, and forms that `#_` takes out. */
function skip(cursor: Cursor): void {
  for (;;) {
    const character = peek(cursor);
    if (character !== "" && isSpace(character)) cursor.at++;
    else if (character === ";") skipLine(cursor);
    else if (cursor.text.startsWith("#_", cursor.at)) deeper(cursor, skipForm);
    else return;
  }
}

function skipLine(cursor: Cursor): void {
  while (!["", "\n", "\r"].includes(peek(cursor))) cursor.at++;
}

function skipForm(cursor: Cursor): void {
  cursor.at += 2;
  readForm(cursor);
}

function readUntil(cursor: Cursor, closing: string): readonly Form[] {
  const forms: Form[] = [];
  cursor.at++;
  for (;;) {
    skip(cursor);
    if (peek(cursor) === closing) break;
    forms.push(readForm(cursor));
  }
  cursor.at++;
  return forms;
}

function readAtom(cursor: Cursor): Edn {
  const token = startsNumber(cursor.text.slice(cursor.at, cursor.at + 2)) ? readDigits(cursor) : readToken(cursor);
  if (startsNumber(token)) return readNumber(token);
  if (token === "nil") return null;
  if (token === "true" || token === "false") return token === "true";
  if (token.startsWith(":") && isKeywordName(token.slice(1))) return { $keyword: token.slice(1) };
  if (isSymbolName(token)) return { $symbol: token };
  throw new EdnError("a token is neither number, symbol nor keyword");
}

/** A number ends before a `#` too. */
function readDigits(cursor: Cursor): string {
  const start = cursor.at;
  while (!endsToken(peek(cursor)) && peek(cursor) !== "#") cursor.at++;
  return cursor.text.slice(start, cursor.at);
}

function readDispatch(cursor: Cursor): Edn {
  cursor.at++;
  switch (peek(cursor)) {
    case "{":
      return setOf(readUntil(cursor, "}"));
    case "#":
      return readSymbolic(cursor);
    case "^":
      return readBehindMetadata(cursor);
    case ":":
      return readNamespaced(cursor);
    default:
      return readTagged(cursor);
  }
}

function setOf(forms: readonly Form[]): Edn {
  const items = forms.map(({ value }) => value);
  checkUnique(items);
  return { $set: items };
}

function readSymbolic(cursor: Cursor): Edn {
  cursor.at++;
  const { value } = readForm(cursor);
  const { $symbol: name } = tags(value);
  if (name === "Inf") return Infinity;
  if (name === "-Inf") return -Infinity;
  if (name === "NaN") return Number.NaN;
  throw new EdnError("## is followed by neither Inf, -Inf nor NaN");
}

function readBehindMetadata(cursor: Cursor): Edn {
  cursor.at++;
  const metadata = kind(readForm(cursor).value);
  if (!["map", "text", "$keyword", "$symbol"].includes(metadata)) throw new EdnError("metadata are no map");
  const { value } = readForm(cursor);
  if (["map", "vector", "$list", "$set", "$symbol"].includes(kind(value))) return value;
  throw new EdnError("what has metadata can have none");
}

/** `#:user{:id 1}`, short for `{:user/id 1}`. */
function readNamespaced(cursor: Cursor): Edn {
  cursor.at++;
  const namespace = readToken(cursor);
  skip(cursor);
  if (!isSymbolName(namespace) || namespace.includes("/") || peek(cursor) !== "{") {
    throw new EdnError("#: is not followed by a namespace and a map");
  }
  return deeper(cursor, () => mapOf(readUntil(cursor, "}"), namespace));
}

function readTagged(cursor: Cursor): Edn {
  const tag = readToken(cursor);
  if (!isTagSymbol(tag)) throw new EdnError("# is followed by what is no tag");
  const { value } = readForm(cursor);
  if (tag === "inst") return { $inst: required(typeof value === "string" ? instantOf(value) : undefined, tag) };
  if (tag === "uuid") return { $uuid: required(typeof value === "string" ? uuidOf(value) : undefined, tag) };
  return { $tagged: [tag, value] };
}

function required(text: string | undefined, tag: string): string {
  if (text === undefined) throw new EdnError(`a #${tag} is none`);
  return text;
}

function mapOf(forms: readonly Form[], namespace: string | undefined): EdnMap {
  if (forms.length % 2 === 1) throw new EdnError("a map has a key without a value");
  const keys = forms.filter((_, index) => index % 2 === 0).map((form) => inNamespace(form, namespace));
  checkUnique(keys.map(({ value }) => value));
  const lone = keys.length === 1;
  // Defined, not assigned: a key named __proto__ is data like any other.
  return Object.fromEntries(keys.map((key, index) => [propertyName(key, lone), forms[index * 2 + 1]?.value ?? null]));
}

function inNamespace(form: Form, namespace: string | undefined): Form {
  const { $keyword: keyword, $symbol: symbol } = tags(form.value);
  const name = keyword ?? symbol;
  if (namespace === undefined || name === undefined) return form;
  const full = qualified(name, namespace);
  return keyword === undefined
    ? { value: { $symbol: full }, text: full }
    : { value: { $keyword: full }, text: `:${full}` };
}

/** `_` is the namespace of what is to have none. */
function qualified(name: string, namespace: string): string {
  if (!name.includes("/") || name === "/") return `${namespace}/${name}`;
  return name.startsWith("_/") ? name.slice(2) : name;
}

function propertyName({ value, text }: Form, lone: boolean): string {
  if (typeof value === "string") return printString(value);
  const { $keyword: keyword } = tags(value);
  // Else `{:$set 1}` would be taken for a set.
  return keyword === undefined || (lone && isTagName(keyword)) ? ` ${text}` : keyword;
}

function tags(value: Edn): { readonly $keyword?: string; readonly $symbol?: string } {
  return isObject(value) && tagOf(value) !== undefined ? (value as { readonly $keyword?: string }) : {};
}

function checkUnique(values: readonly Edn[]): void {
  if (new Set(values.map(identityOf)).size < values.length) throw new EdnError("a key or an item is there twice");
}

function kind(value: Edn): string {
  if (typeof value === "string") return "text";
  if (Array.isArray(value)) return "vector";
  return isObject(value) ? (tagOf(value)?.[0] ?? "map") : "another";
}

function isObject(value: Edn): value is EdnMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
