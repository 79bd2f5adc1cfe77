import { SessionDataError } from "../errors.ts";
import { placeIn } from "../data/place.ts";
import { DEEPEST_EDN, type Edn, EdnError, tagOf } from "./data.ts";
import { instantOf, uuidOf } from "./literal.ts";
import { isKeywordName, isSymbolName, isTagSymbol } from "./name.ts";
import { isDecimal, isIntegerText, isLong, printDouble, printInteger, readNumber } from "./number.ts";
import { readWhole } from "./reader.ts";
import { isCharacter, isWellFormed, printCharacter, printString } from "./text.ts";
import { isPlainList, isPlainObject, kindOf } from "../shared/values.ts";

type Path = (string | number)[];

/** Place of a value in the data: the path to it, and the objects around it, from the outside inwards. */
interface Place {
  readonly path: Path;
  readonly above: object[];
  /** Whether the reader made the value. Then its keys are printed already, and none occurs twice. */
  readonly isRead: boolean;
  /** Whether the value is in a set. A set is read back with everything in it. */
  readonly isInSet?: boolean;
}

/**
 * Prints data as EDN, as Clojure's `pr-str` does.
 *
 * @throws SessionDataError that names the first value which Clojure could not read back equal, its place and a cure
 */
export function printEdn(value: unknown): string {
  return print(value, { path: [], above: [], isRead: false });
}

/**
 * Prints the key of a map that was read.
 *
 * @throws EdnError if it contains NaN, because nobody could look up such a key
 */
export function printKey(key: Edn): string {
  try {
    // Read back once more, a map whose key is a map whose key is a map would be read twice as often with each.
    return print(key, { path: [], above: [], isRead: true });
  } catch (error) {
    throw error instanceof SessionDataError ? new EdnError("a key is not equal to itself") : error;
  }
}

function print(value: unknown, place: Place): string {
  if (value === null) return "nil";
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "string":
      return printText(value, place);
    case "number":
      if (Number.isNaN(value)) throw unprintable(place, "is NaN, which is not equal to itself; write null");
      return printInteger(value) ?? printDouble(value);
    case "bigint":
      throw unprintable(place, 'is a BigInt; write { $long: "…" }, or { $bigint: "…" } for one with an N');
    default:
      return printNested(value, place);
  }
}

function printText(text: string, place: Place): string {
  if (!isWellFormed(text)) throw unprintable(place, "has half a surrogate pair, which UTF-8 cannot carry");
  return printString(text);
}

function printNested(value: unknown, place: Place): string {
  const list = isPlainList(value);
  if (!list && !isPlainObject(value)) throw unprintable(place, `is ${kindOf(value)}; ${cureOf(value)}`);
  const { path, above } = place;
  if (above.includes(value)) throw unprintable(place, "contains itself");
  if (above.length === DEEPEST_EDN) {
    throw unprintable({ ...place, path: path.slice(0, 4) }, `is nested more than ${DEEPEST_EDN} deep`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw unprintable(place, "has a symbol for a key");
  above.push(value);
  const printed = list ? `[${printItems(value, place)}]` : printObject(value, place);
  above.pop();
  return printed;
}

function cureOf(value: unknown): string {
  if (value instanceof Date) return "write { $inst: date.toISOString() }";
  if (value instanceof Set) return "write { $set: [...set] }";
  if (value instanceof Map) return "write a plain object, or a list of pairs";
  return "Clojure would not read it back";
}

function printItems(items: readonly unknown[], place: Place): string {
  const further = Object.keys(items)[items.length];
  if (further !== undefined) throw unprintable(place, "is a list with a property");
  // By index, so that a hole is seen.
  return Array.from(items, (item, index) => printMember(item, index, place)).join(" ");
}

function printMember(value: unknown, key: string | number, place: Place): string {
  place.path.push(key);
  const printed = print(value, place);
  place.path.pop();
  return printed;
}

function printObject(object: Record<string, unknown>, place: Place): string {
  const [tag, content] = tagOf(object) ?? [];
  if (tag !== undefined) return printTag(tag, content, place);
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  const printed = entries.map(([key, value]) => [printName(key, place), printMember(value, key, place)] as const);
  // Read back, because equal is not the same as printed alike: 1 and 1N are one key, and so are [1] and (1).
  const keys = printed.map(([key]) => key);
  const isSure = place.isRead || keys.every((key) => key.startsWith(":"));
  if (!isSure && formOf(`#{${keys.join(" ")}}`) === undefined) {
    throw unprintable(place, "has two names for one key");
  }
  return `{${printed.map((entry) => entry.join(" ")).join(", ")}}`;
}

function printName(key: string, place: Place): string {
  if (isKeywordName(key)) return `:${key}`;
  const form = key.startsWith(" ") ? key.slice(1) : key;
  if (place.isRead) return form;
  const value = key.startsWith(" ") || key.startsWith('"') ? formOf(form) : undefined;
  if (value !== undefined) return print(value, { ...place, path: [...place.path, key], isRead: true });
  const where = { ...place, path: [...place.path, key] };
  throw unprintable(where, "has a name that is no keyword of Clojure's; take another, or put it in double quotes");
}

/** Returns the value of a key that is no keyword, or undefined if the text is not EDN. */
function formOf(text: string): unknown {
  try {
    return readWhole(text, printKey);
  } catch (error) {
    if (error instanceof EdnError) return undefined;
    throw error;
  }
}

function printTag(tag: string, content: unknown, place: Place): string {
  const printed = printContent(tag, content, { ...place, path: [...place.path, tag] });
  if (printed !== undefined) return printed;
  throw unprintable(place, `is no ${tag}, which is ${SHAPES[tag]}`);
}

const SHAPES: Readonly<Record<string, string>> = {
  $keyword: 'the name of a keyword: "admin" or "user/admin"',
  $symbol: "the name of a symbol",
  $char: "one UTF-16 unit",
  $set: "a list in which nothing is twice",
  $list: "a list",
  $inst: "the text of Date.toISOString, years 1 to 9999",
  $uuid: "a UUID as text",
  $long: "a whole number of 64 bits as text",
  $bigint: "a whole number as text, without the N",
  $decimal: "a decimal number as text, without the M",
  $ratio: 'a ratio in lowest terms as text: "1/3"',
  $double: "a number",
  $tagged: "a list of two: the name of the tag, and its value",
};

/** Prints a tagged value. Returns undefined if its content is not right for the tag. */
function printContent(tag: string, content: unknown, place: Place): string | undefined {
  if (tag === "$double") return printWholeDouble(content);
  if (typeof content === "string") return printScalar(tag, content);
  if (!isPlainList(content)) return undefined;
  if (tag === "$list") return `(${printItems(content, place)})`;
  if (tag === "$set") return printSet(content, place);
  return tag === "$tagged" ? printTagged(content, place) : undefined;
}

function printWholeDouble(content: unknown): string | undefined {
  return typeof content === "number" && !Number.isNaN(content) ? printDouble(content) : undefined;
}

function printScalar(tag: string, text: string): string | undefined {
  switch (tag) {
    case "$keyword":
      return isKeywordName(text) ? `:${text}` : undefined;
    case "$symbol":
      return isSymbolName(text) ? text : undefined;
    case "$char":
      return isCharacter(text) ? printCharacter(text) : undefined;
    case "$inst":
      return printInstant(instantOf(text));
    case "$uuid":
      return uuidOf(text) && `#uuid "${uuidOf(text)}"`;
    default:
      return printNumber(tag, text);
  }
}

function printInstant(instant: string | undefined): string | undefined {
  return instant && `#inst "${instant.slice(0, -1)}-00:00"`;
}

function printNumber(tag: string, text: string): string | undefined {
  switch (tag) {
    case "$long":
      return isIntegerText(text) && isLong(BigInt(text)) ? text : undefined;
    case "$bigint":
      return isIntegerText(text) ? `${text}N` : undefined;
    case "$decimal":
      return isDecimal(text.startsWith("-") ? text.slice(1) : text) ? `${text}M` : undefined;
    case "$ratio":
      return isRatio(text) ? text : undefined;
    default:
      return undefined;
  }
}

function isRatio(text: string): boolean {
  const parts = text.split("/");
  if (parts.length !== 2 || !parts.every(isIntegerText) || parts[1] === "0" || parts[1]?.startsWith("-")) return false;
  const value = readNumber(text);
  return typeof value === "object" && value !== null && Object.values(value).includes(text);
}

function printSet(items: readonly unknown[], place: Place): string | undefined {
  const inside = { ...place, isInSet: true };
  const printed = Array.from(items, (item, index) => printMember(item, index, inside));
  // Read back, because equal is not the same as printed alike: #{1 1N}, or two sets in another order.
  const text = `#{${printed.join(" ")}}`;
  return place.isRead || place.isInSet === true || formOf(text) !== undefined ? text : undefined;
}

function printTagged(content: readonly unknown[], place: Place): string | undefined {
  const [tag, value] = content;
  if (content.length !== 2 || typeof tag !== "string" || !isTagSymbol(tag)) return undefined;
  // These two have a meaning of their own, and would be read as that.
  return tag === "inst" || tag === "uuid" ? undefined : `#${tag} ${printMember(value, 1, place)}`;
}

function unprintable(place: Place, what: string): SessionDataError {
  return new SessionDataError(`${placeIn(place.path)} ${what}`);
}
