import { isDigits } from "./cursor.ts";

const SHAPE = "dddd-dd-ddTdd:dd:dd";

/**
 * Returns an instant as `Date.prototype.toISOString` writes it, or undefined if the text is none. The text is as in RFC
 * 3339, but Clojure lets its end be left out. Digits after the millisecond are dropped, as in Clojure.
 */
export function instantOf(text: string): string | undefined {
  const [local, offset] = splitOffset(text);
  const [stamp = "", fraction, ...more] = local.split(".");
  const hasShape = [4, 7, 10, 13, 16, 19].includes(stamp.length) && isShaped(stamp);
  const hasFraction = fraction !== undefined && stamp.length === 19 && isDigits(fraction);
  if (!hasShape || (fraction !== undefined && !hasFraction) || more.length > 0 || offset === undefined) {
    return undefined;
  }
  const whole = stamp + "0000-01-01T00:00:00".slice(stamp.length);
  const milliseconds = (fraction ?? "").slice(0, 3).padEnd(3, "0");
  const time = Date.parse(`${whole}.${milliseconds}Z`);
  // Date.parse takes the 31st of April for the 1st of May, and 24:00 for the next day.
  if (Number.isNaN(time) || new Date(time).toISOString() !== `${whole}.${milliseconds}Z`) return undefined;
  const instant = new Date(time - offset * 60_000).toISOString();
  // To Java, the year before 1 is no 0 either.
  return instant.length === 24 && !instant.startsWith("0000") ? instant : undefined;
}

/** Returns a UUID in lower case, or undefined if the text is none. */
export function uuidOf(text: string): string | undefined {
  const parts = text.split("-");
  const lengths = [8, 4, 4, 4, 12];
  const isUuid = parts.length === 5 && parts.every((part, index) => part.length === lengths[index] && isHex(part));
  return isUuid ? text.toLowerCase() : undefined;
}

function isShaped(stamp: string): boolean {
  return [...stamp].every((character, index) =>
    SHAPE[index] === "d" ? isDigits(character) : character === SHAPE[index],
  );
}

/** Splits an instant into local time and offset in minutes. Without an offset it is 0; a malformed one is undefined. */
function splitOffset(text: string): [local: string, offset: number | undefined] {
  if (text.endsWith("Z")) return [text.slice(0, -1), 0];
  const sign = text.charAt(text.length - 6);
  if (text.charAt(text.length - 3) !== ":" || (sign !== "+" && sign !== "-")) return [text, 0];
  const [hours, minutes] = [text.slice(-5, -3), text.slice(-2)];
  const isOffset = isDigits(hours) && isDigits(minutes) && Number(hours) < 24 && Number(minutes) < 60;
  const offset = Number(hours) * 60 + Number(minutes);
  return [text.slice(0, -6), isOffset ? (sign === "-" ? -offset : offset) : undefined];
}

function isHex(text: string): boolean {
  return [...text].every((character) => "0123456789abcdefABCDEF".includes(character));
}
