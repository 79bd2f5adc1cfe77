import { isPlainObject, kindOf } from "./values.ts";

/**
 * Refuses options that are no object or have a name nobody knows, and names the nearest known one.
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
 * Refuses what is no handler.
 *
 * @throws TypeError
 */
export function checkHandler(where: string, handler: unknown): void {
  if (typeof handler === "function") return;
  throw new TypeError(`${where}: handler must be a function from request to response, got ${kindOf(handler)}`);
}

/** "unknown option \"sotre\"; did you mean \"store\"?" */
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

/** `cookie-name`, `cookie_name` and `cookieName` are one name to whoever types them. */
function simplified(name: string): string {
  return name.slice(0, 60).toLowerCase().replaceAll("-", "").replaceAll("_", "");
}

/** Levenshtein's distance, a row at a time. */
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
