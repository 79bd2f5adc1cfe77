import { type Edn, type EdnMap, EdnError, isTagName, tagOf } from "./data.ts";
import { type Cursor, deeper, endsToken, isEdnSpace, peek, readToken } from "./cursor.ts";
import { identityOf } from "./identity.ts";
import { instantOf, uuidOf } from "./literal.ts";
import { isKeywordName, isSymbolName, isTagSymbol, startsNumber } from "./name.ts";
import { readNumber } from "./number.ts";
import { printString, readCharacter, readString } from "./text.ts";

/** Prints a key as EDN. The name of a property is made of it if the key is no keyword. */
export type PrintKey = (value: Edn) => string;

/**
 * Reads the first form of a text, as `clojure.edn/read-string` does. Returns undefined if there is none. The rest of
 * the text is not read. Metadata are left out, because nothing prints them.
 *
 * @throws EdnError if the text is no EDN. No text makes it throw another error.
 */
export function readFirst(text: string, printKey: PrintKey): Edn | undefined {
  const reader: Reader = { text, at: 0, depth: 0, printKey };
  skip(reader);
  return reader.at === text.length ? undefined : readForm(reader);
}

/**
 * Reads a text that is one form, from its first character to its last.
 *
 * @throws EdnError
 */
export function readWhole(text: string, printKey: PrintKey): Edn {
  const reader: Reader = { text, at: 0, depth: 0, printKey };
  const value = readForm(reader);
  if (reader.at < text.length) throw new EdnError("there is more behind the form");
  return value;
}

interface Reader extends Cursor {
  readonly printKey: PrintKey;
}

function readForm(reader: Reader): Edn {
  skip(reader);
  return deeper(reader, readValue);
}

function readValue(reader: Reader): Edn {
  const character = peek(reader);
  switch (character) {
    case "":
      throw new EdnError("the text ends within a form");
    case '"':
      return readString(reader);
    case "\\":
      return { $char: readCharacter(reader) };
    case "[":
      return readUntil(reader, "]");
    case "(":
      return { $list: readUntil(reader, ")") };
    case "{":
      return mapOf(reader, readUntil(reader, "}"), undefined);
    case "^":
      return readBehindMetadata(reader);
    case "#":
      return readDispatch(reader);
    case ")":
    case "]":
    case "}":
      throw new EdnError("a bracket closes what none has opened");
    default:
      return readAtom(reader);
  }
}

/** Skips white space, comments, and forms after `#_`. */
function skip(reader: Reader): void {
  for (;;) {
    const character = peek(reader);
    if (character !== "" && isEdnSpace(character)) reader.at++;
    else if (character === ";") skipLine(reader);
    else if (reader.text.startsWith("#_", reader.at)) deeper(reader, skipForm);
    else return;
  }
}

function skipLine(reader: Reader): void {
  while (!["", "\n", "\r"].includes(peek(reader))) reader.at++;
}

function skipForm(reader: Reader): void {
  reader.at += 2;
  readForm(reader);
}

function readUntil(reader: Reader, closing: string): readonly Edn[] {
  const forms: Edn[] = [];
  reader.at++;
  for (;;) {
    skip(reader);
    if (peek(reader) === closing) break;
    forms.push(readForm(reader));
  }
  reader.at++;
  return forms;
}

function readAtom(reader: Reader): Edn {
  const token = startsNumber(reader.text.slice(reader.at, reader.at + 2)) ? readDigits(reader) : readToken(reader);
  if (startsNumber(token)) return readNumber(token);
  if (token === "nil") return null;
  if (token === "true" || token === "false") return token === "true";
  if (token.startsWith(":") && isKeywordName(token.slice(1))) return { $keyword: token.slice(1) };
  if (isSymbolName(token)) return { $symbol: token };
  throw new EdnError("a token is neither number, symbol nor keyword");
}

/** Reads the token of a number, which ends before a `#` too. */
function readDigits(reader: Reader): string {
  const start = reader.at;
  while (!endsToken(peek(reader)) && peek(reader) !== "#") reader.at++;
  return reader.text.slice(start, reader.at);
}

function readDispatch(reader: Reader): Edn {
  reader.at++;
  switch (peek(reader)) {
    case "{":
      return setOf(readUntil(reader, "}"));
    case "#":
      return readSymbolic(reader);
    case "^":
      return readBehindMetadata(reader);
    case ":":
      return readNamespaced(reader);
    default:
      return readTagged(reader);
  }
}

function setOf(items: readonly Edn[]): Edn {
  checkUnique(items);
  return { $set: items };
}

function readSymbolic(reader: Reader): Edn {
  reader.at++;
  const value = readForm(reader);
  const { $symbol: name } = tags(value);
  if (name === "Inf") return Infinity;
  if (name === "-Inf") return -Infinity;
  if (name === "NaN") return Number.NaN;
  throw new EdnError("## is followed by neither Inf, -Inf nor NaN");
}

function readBehindMetadata(reader: Reader): Edn {
  reader.at++;
  const metadata = kind(readForm(reader));
  if (!["map", "text", "$keyword", "$symbol"].includes(metadata)) throw new EdnError("metadata are no map");
  const value = readForm(reader);
  if (["map", "vector", "$list", "$set", "$symbol"].includes(kind(value))) return value;
  throw new EdnError("what has metadata can have none");
}

/** Reads a map with a namespace: `#:user{:id 1}` is short for `{:user/id 1}`. */
function readNamespaced(reader: Reader): Edn {
  reader.at++;
  const namespace = readToken(reader);
  skip(reader);
  if (!isSymbolName(namespace) || namespace.includes("/") || peek(reader) !== "{") {
    throw new EdnError("#: is not followed by a namespace and a map");
  }
  return deeper(reader, () => mapOf(reader, readUntil(reader, "}"), namespace));
}

function readTagged(reader: Reader): Edn {
  const tag = readToken(reader);
  if (!isTagSymbol(tag)) throw new EdnError("# is followed by what is no tag");
  const value = readForm(reader);
  if (tag === "inst") return { $inst: required(typeof value === "string" ? instantOf(value) : undefined, tag) };
  if (tag === "uuid") return { $uuid: required(typeof value === "string" ? uuidOf(value) : undefined, tag) };
  return { $tagged: [tag, value] };
}

function required(text: string | undefined, tag: string): string {
  if (text === undefined) throw new EdnError(`a #${tag} is none`);
  return text;
}

function mapOf(reader: Reader, forms: readonly Edn[], namespace: string | undefined): EdnMap {
  if (forms.length % 2 === 1) throw new EdnError("a map has a key without a value");
  const keys = forms.filter((_, index) => index % 2 === 0).map((key) => inNamespace(key, namespace));
  checkUnique(keys);
  const lone = keys.length === 1;
  // Defined, not assigned: a key named __proto__ is data like any other.
  return Object.fromEntries(keys.map((key, index) => [propertyName(reader, key, lone), forms[index * 2 + 1] ?? null]));
}

function inNamespace(key: Edn, namespace: string | undefined): Edn {
  const { $keyword: keyword, $symbol: symbol } = tags(key);
  if (namespace === undefined) return key;
  if (keyword !== undefined) return { $keyword: qualified(keyword, namespace) };
  return symbol === undefined ? key : { $symbol: qualified(symbol, namespace) };
}

/** Returns a name in a namespace. A name in the namespace `_` is to have none. */
function qualified(name: string, namespace: string): string {
  if (!name.includes("/") || name === "/") return `${namespace}/${name}`;
  return name.startsWith("_/") ? name.slice(2) : name;
}

function propertyName({ printKey }: Reader, key: Edn, lone: boolean): string {
  if (typeof key === "string") return printString(key);
  const { $keyword: keyword } = tags(key);
  // Otherwise `{:$set 1}` would be taken for a set.
  return keyword === undefined || (lone && isTagName(keyword)) ? ` ${printKey(key)}` : keyword;
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
