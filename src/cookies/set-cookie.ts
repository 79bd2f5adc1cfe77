import { stringifySetCookie } from "cookie";

import { CookieError } from "../errors.ts";
import type { CookieAttrs, Response } from "../types.ts";
import { headerValues, trimmed, withHeader } from "../http/headers.ts";

/** Most octets of name and value; browsers ignore a longer cookie (RFC 6265bis, section 5.6). */
const LONGEST_COOKIE = 4096;

/**
 * Returns attributes as text, to follow the value of a cookie: `; Path=/; HttpOnly`. `checkedAttrs` has checked them.
 */
export function attributesText(name: string, attrs: CookieAttrs): string {
  return stringifySetCookie({ name, value: "", ...definedOnly(attrs) }).slice(name.length + 1);
}

/**
 * Returns the text of a Set-Cookie header. Every octet of the value is checked.
 *
 * @throws CookieError if RFC 6265bis does not allow the value, or if name and value are over 4096 octets
 */
export function setCookieText(name: string, value: string, attributes: string): string {
  const bad = badOctet(value);
  if (bad !== -1) {
    throw new CookieError(
      name,
      `the value has ${octetName(value, bad)} at ${bad}, which no cookie can carry; encode it`,
    );
  }
  checkLength(name, value);
  return `${name}=${value}${attributes}`;
}

/**
 * Throws if a cookie is too long for browsers.
 *
 * @throws CookieError if name and value are over 4096 octets
 */
export function checkLength(name: string, value: string): void {
  if (!isTooLong(name, value)) return;
  const length = name.length + value.length;
  throw new CookieError(
    name,
    `name and value are ${length} octets, and browsers drop a cookie over ${LONGEST_COOKIE}; keep less in it, or keep it on the server`,
  );
}

/** Whether name and value together are too long for browsers. */
export function isTooLong(name: string, value: string): boolean {
  return name.length + value.length > LONGEST_COOKIE;
}

/** Returns a response with further Set-Cookie lines. Of several lines with one name, only the last is kept. */
export function withSetCookies<R extends Response>(response: R, lines: readonly string[]): R {
  if (lines.length === 0) return response;
  const headers = response.headers ?? {};
  const all = lastOfEachName([...headerValues(headers, "set-cookie"), ...lines]);
  return { ...response, headers: withHeader(headers, "set-cookie", all) };
}

function lastOfEachName(lines: readonly string[]): readonly string[] {
  return [...new Map(lines.map((line) => [nameOf(line), line])).values()];
}

/** Returns the name in a Set-Cookie line, as browsers read it (RFC 6265bis, section 5.6): it is empty without `=`. */
function nameOf(line: string): string {
  const semicolon = line.indexOf(";");
  const pair = semicolon === -1 ? line : line.slice(0, semicolon);
  return trimmed(pair.slice(0, Math.max(0, pair.indexOf("="))));
}

/**
 * Returns the index of the first octet that a value may not have, or -1. A pair of quotes around the value is allowed.
 */
function badOctet(value: string): number {
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  const end = quoted ? value.length - 1 : value.length;
  for (let index = quoted ? 1 : 0; index < end; index++) {
    const code = value.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x2c || code === 0x3b || code === 0x5c) return index;
  }
  return -1;
}

function octetName(value: string, at: number): string {
  const character = value.charAt(at);
  return character > " " && character <= "~"
    ? character
    : `U+${value.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0")}`;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function definedOnly(attrs: CookieAttrs): Defined<CookieAttrs> {
  return Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== undefined));
}
