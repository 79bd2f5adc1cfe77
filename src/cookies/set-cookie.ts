import { stringifySetCookie } from "cookie";

import { CookieError } from "../errors.ts";
import type { CookieAttrs, Response } from "../types.ts";
import { headerValues, trimmed, withHeader } from "../http/headers.ts";

/** Browsers ignore a cookie whose name and value are longer (RFC 6265bis, section 5.6). */
const LONGEST_COOKIE = 4096;

/** The attributes of a cookie as they stand behind its value: `; Path=/; HttpOnly`. Checked before, by `checkedAttrs`. */
export function attributesText(name: string, attrs: CookieAttrs): string {
  return stringifySetCookie({ name, value: "", ...definedOnly(attrs) }).slice(name.length + 1);
}

/**
 * One Set-Cookie text, its value looked at octet by octet.
 *
 * @throws CookieError where the value is not what RFC 6265bis allows, or name and value are over 4096 octets
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
 * Refuses a cookie that no browser would keep.
 *
 * @throws CookieError where name and value are over 4096 octets
 */
export function checkLength(name: string, value: string): void {
  if (!isTooLong(name, value)) return;
  const length = name.length + value.length;
  throw new CookieError(
    name,
    `name and value are ${length} octets, and browsers drop a cookie over ${LONGEST_COOKIE}; keep less in it, or keep it on the server`,
  );
}

/** Whether name and value together are more than a browser keeps. */
export function isTooLong(name: string, value: string): boolean {
  return name.length + value.length > LONGEST_COOKIE;
}

/** A response with further Set-Cookie lines; of one name the last alone is kept. */
export function withSetCookies<R extends Response>(response: R, lines: readonly string[]): R {
  if (lines.length === 0) return response;
  const headers = response.headers ?? {};
  const all = lastOfEachName([...headerValues(headers, "set-cookie"), ...lines]);
  return { ...response, headers: withHeader(headers, "set-cookie", all) };
}

function lastOfEachName(lines: readonly string[]): readonly string[] {
  return [...new Map(lines.map((line) => [nameOf(line), line])).values()];
}

/** As a browser reads it (RFC 6265bis, section 5.6): without `=` there is no name, and all is value. */
function nameOf(line: string): string {
  const semicolon = line.indexOf(";");
  const pair = semicolon === -1 ? line : line.slice(0, semicolon);
  return trimmed(pair.slice(0, Math.max(0, pair.indexOf("="))));
}

/** The place of the first octet that is no cookie-octet, -1 where there is none. A pair of quotes round all is fine. */
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
