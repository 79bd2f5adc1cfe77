import { type Edn, EdnError } from "./data.ts";
import { isDigits } from "./cursor.ts";

const LONG_LIMIT = 2n ** 63n;

/**
 * Reads a number from its token, as Clojure does: `42`, `0x1F`, `017`, `36rZZ`, `42N`, `10/4`, `1.5`, `1e3`, `1.50M`.
 *
 * @throws EdnError
 */
export function readNumber(token: string): Edn {
  const negative = token.startsWith("-");
  const digits = negative || token.startsWith("+") ? token.slice(1) : token;
  const value = readInteger(digits, negative) ?? readRatio(digits, negative) ?? readDecimal(digits, negative);
  if (value === undefined) throw new EdnError("a token begins like a number and is none");
  return value;
}

/** Prints an integer. Returns undefined if the number is none, or is too large to be exact. */
export function printInteger(value: number): string | undefined {
  return isPlainDouble(value) ? undefined : String(value);
}

/** Prints a double. No reader takes the text for an integer. */
export function printDouble(value: number): string {
  if (value === Infinity) return "##Inf";
  if (value === -Infinity) return "##-Inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/** Whether a text is an integer in its shortest form. */
export function isIntegerText(text: string): boolean {
  return isDigits(text.startsWith("-") ? text.slice(1) : text) && String(BigInt(text)) === text;
}

/** Whether an integer has 64 bits or less. */
export function isLong(value: bigint): boolean {
  return value >= -LONG_LIMIT && value < LONG_LIMIT;
}

function readInteger(digits: string, negative: boolean): Edn | undefined {
  // Behind a radix, N is a digit: `36rN` is 23.
  const big = digits.endsWith("N") && !digits.toLowerCase().includes("r");
  const absolute = magnitude(big ? digits.slice(0, -1) : digits);
  if (absolute === undefined) return undefined;
  const value = negative ? -absolute : absolute;
  if (big || !isLong(value)) return { $bigint: String(value) };
  return integer(value);
}

function integer(value: bigint): Edn {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $long: String(value) };
}

function magnitude(text: string): bigint | undefined {
  if (text === "0") return 0n;
  if (!text.startsWith("0")) return isDigits(text) ? BigInt(text) : inRadix(text);
  if (text[1] === "x" || text[1] === "X") return inBase(text.slice(2), 16);
  return inBase(text.slice(1), 8);
}

/** Reads an integer with its radix, such as `2r101`: one or two digits, an r, and digits in that base. */
function inRadix(text: string): bigint | undefined {
  const at = text[1] === "r" || text[1] === "R" ? 1 : 2;
  const base = text.slice(0, at);
  if ((text[at] !== "r" && text[at] !== "R") || !isDigits(base)) return undefined;
  return Number(base) < 2 || Number(base) > 36 ? undefined : inBase(text.slice(at + 1), Number(base));
}

function inBase(text: string, base: number): bigint | undefined {
  if (text === "") return undefined;
  let value = 0n;
  for (const character of text) {
    const digit = digitOf(character);
    if (digit >= base) return undefined;
    value = value * BigInt(base) + BigInt(digit);
  }
  return value;
}

function digitOf(character: string): number {
  return "0123456789abcdefghijklmnopqrstuvwxyz".indexOf(character.toLowerCase()) >>> 0;
}

function readRatio(digits: string, negative: boolean): Edn | undefined {
  const slash = digits.indexOf("/");
  const [above, below] = [digits.slice(0, slash), digits.slice(slash + 1)];
  if (slash === -1 || !isDigits(above) || !isDigits(below)) return undefined;
  const [numerator, denominator] = [BigInt(above), BigInt(below)];
  if (denominator === 0n) throw new EdnError("a ratio is divided by zero");
  const divisor = greatestDivisor(numerator, denominator);
  const value = (negative ? -numerator : numerator) / divisor;
  if (denominator !== divisor) return { $ratio: `${value}/${denominator / divisor}` };
  return isLong(value) ? integer(value) : { $bigint: String(value) };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [greater, less] = [a, b];
  while (less !== 0n) [greater, less] = [less, greater % less];
  return greater;
}

function readDecimal(digits: string, negative: boolean): Edn | undefined {
  const exact = digits.endsWith("M");
  const text = exact ? digits.slice(0, -1) : digits;
  // `09` is no octal number, and not a decimal one either.
  if (!isDecimal(text) || (!exact && isDigits(text))) return undefined;
  if (exact) return { $decimal: (negative ? "-" : "") + shortest(text) };
  const value = negative ? -Number(text) : Number(text);
  return isPlainDouble(value) ? value : { $double: value };
}

/**
 * Returns a decimal without leading zeros, and without a point at its end. Digits after the point stay, because they
 * are its precision.
 */
function shortest(decimal: string): string {
  const text = decimal.endsWith(".") ? decimal.slice(0, -1) : decimal;
  let at = 0;
  while (text[at] === "0" && isDigits(text.charAt(at + 1))) at++;
  return text.slice(at);
}

/** Whether a number cannot be taken for an integer, such as `1.5`, `-0` and 10^20. */
function isPlainDouble(value: number): boolean {
  return !Number.isSafeInteger(value) || Object.is(value, -0);
}

/** Whether a text is a decimal: `12`, `12.` or `12.5`, with an exponent or without. */
export function isDecimal(text: string): boolean {
  const [mantissa = "", exponent, ...more] = text.toLowerCase().split("e");
  const [whole = "", fraction = "", ...others] = mantissa.split(".");
  if (more.length > 0 || others.length > 0 || !isDigits(whole)) return false;
  if (fraction !== "" && !isDigits(fraction)) return false;
  if (exponent === undefined) return true;
  return (
    isDigits(isDigits(exponent.charAt(0)) ? exponent : exponent.slice(1)) && "+-0123456789".includes(exponent.charAt(0))
  );
}
