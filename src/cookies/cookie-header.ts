import type { Request } from "../types.ts";
import { isSpace, trimmed } from "../http/headers.ts";

const MOST_COOKIES = 200;
const MOST_OCTETS = 16_384;

/**
 * Returns the Cookie header of a request; several headers are joined (RFC 6265bis, section 5.7). It is cut after 200
 * cookies and after 16 KiB.
 */
export function cookieHeader(request: Pick<Request, "headers">): string {
  const header = request.headers["cookie"];
  if (header === undefined) return "";
  return bounded(typeof header === "string" ? header : header.join("; "));
}

/**
 * Returns the values of a cookie in a header, found by a scan for its name. If the client sent several, these are at
 * most `most` different ones.
 */
export function valuesNamed(header: string, name: string, most: number): readonly string[] {
  const values: string[] = [];
  for (let at = header.indexOf(name); at !== -1 && values.length < most; at = header.indexOf(name, at + 1)) {
    const equals = skipSpaces(header, at + name.length);
    if (header.charCodeAt(equals) !== 0x3d || !startsCookie(header, at)) continue;
    const value = valueAt(header, equals + 1);
    if (!values.includes(value)) values.push(value);
  }
  return values;
}

/** Returns a value without the pair of double quotes that RFC 6265 allows around it. */
export function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function bounded(header: string): string {
  // If the limit cuts a cookie in two, the whole of it is left out.
  const whole = header.length <= MOST_OCTETS ? header : header.slice(0, header.lastIndexOf(";", MOST_OCTETS) + 1);
  if (whole.length <= MOST_COOKIES) return whole;
  let end = -1;
  for (let count = 0; count < MOST_COOKIES; count++) {
    end = whole.indexOf(";", end + 1);
    if (end === -1) return whole;
  }
  return whole.slice(0, end);
}

function startsCookie(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && isSpace(header.charCodeAt(before))) before--;
  return before < 0 || header.charCodeAt(before) === 0x3b;
}

function valueAt(header: string, from: number): string {
  const semicolon = header.indexOf(";", from);
  return unquoted(trimmed(header.slice(from, semicolon === -1 ? header.length : semicolon)));
}

function skipSpaces(header: string, from: number): number {
  while (isSpace(header.charCodeAt(from))) from++;
  return from;
}
