import { isPlainObject, kindOf, show } from "./values.ts";

/**
 * Throws if options are no object, or if one of them has an unknown name. The message suggests the nearest known name.
 *
 * @throws TypeError
 */
export function checkNames(where: string, what: string, given: unknown, known: readonly string[]): void {
  if (!isPlainObject(given)) throw new TypeError(`${where}: ${what}s must be an object, got ${kindOf(given)}`);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw new TypeError(`${where}: ${unknownName(what, name, known)}`);
  }
}

/**
 * Throws if a handler is no function.
 *
 * @throws TypeError
 */
export function checkHandler(where: string, handler: unknown): void {
  if (typeof handler === "function") return;
  throw new TypeError(`${where}: handler must be a function from request to response, got ${kindOf(handler)}`);
}

/**
 * Throws if an option is given and is no function. `what` describes the function in the message.
 *
 * @throws TypeError
 */
export function checkFunction(where: string, name: string, value: unknown, what: string = "a function"): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`${where}: ${name} must be ${what}, got ${kindOf(value)}`);
}

/**
 * Throws if an option is given and is neither true nor false.
 *
 * @throws TypeError
 */
export function checkFlag(where: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new TypeError(`${where}: ${name} must be true or false, got ${show(value)}`);
}

/**
 * Throws if an option is given and is none of the `choices`.
 *
 * @throws TypeError
 */
export function checkChoice(where: string, name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.some((choice) => choice === value)) return;
  const quoted = choices.map((choice) => `"${choice}"`).join(" or ");
  throw new TypeError(`${where}: ${name} must be ${quoted}, got ${show(value)}`);
}

/**
 * Throws if an option is given and is no whole number from `least` to `most`.
 *
 * @throws TypeError
 */
export function checkWhole(where: string, name: string, value: unknown, least: number, most: number = Infinity): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return;
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new TypeError(`${where}: ${name} must be a whole number ${range}, got ${show(value)}`);
}

/**
 * Throws if an option is given and is no whole number of seconds.
 *
 * @throws TypeError
 */
export function checkSeconds(where: string, name: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)) return;
  throw new TypeError(`${where}: ${name} must be a whole number of seconds, got ${show(value)}`);
}

/** Returns a message about an unknown name: `unknown option "sotre"; did you mean "store"?` */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const cure = near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`;
  return `unknown ${what} ${JSON.stringify(name.slice(0, 60))}; ${cure}`;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = simplified(name);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, simplified(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Makes `cookie-name`, `cookie_name` and `cookieName` equal: whoever types one of them means the same option. */
function simplified(name: string): string {
  return name.slice(0, 60).toLowerCase().replaceAll("-", "").replaceAll("_", "");
}

/** Returns the Levenshtein distance of two texts. The table is computed one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
