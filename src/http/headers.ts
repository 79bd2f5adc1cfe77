import type { Headers, Response } from "../types.ts";
import { show } from "../shared/values.ts";

/**
 * The fields that belong to one response and must not be on another that is sent in its place. A middleware's other
 * fields, such as CORS, hold for both.
 */
export const FIELDS_OF_ONE_RESPONSE: readonly string[] = [
  // Its representation: RFC 9110, sections 8, 14.3 and 14.4; RFC 6266; RFC 9530, and what it replaced (RFC 1864, RFC 3230).
  "content-type",
  "content-encoding",
  "content-language",
  "content-location",
  "content-length",
  "content-range",
  "content-disposition",
  "content-digest",
  "repr-digest",
  "content-md5",
  "digest",
  "accept-ranges",
  "etag",
  "last-modified",
  // How it is framed: RFC 9112, section 6.1; RFC 9110, section 6.6.2.
  "transfer-encoding",
  "trailer",
  // Who may keep it: RFC 9111, section 5.
  "cache-control",
  "expires",
  // Where it leads to, and what it leaves in the browser.
  "location",
  "set-cookie",
];

/** The name under which a header stands in a map, whatever its case; undefined where it is not there. */
export function headerName(headers: Headers, name: string): string | undefined {
  if (Object.hasOwn(headers, name) && headers[name] !== undefined) return name;
  return Object.keys(headers).find((key) => spells(key, name) && headers[key] !== undefined);
}

/** What a header says, in whatever case it is spelled and however often; empty where it is not there. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  return Object.entries(headers).flatMap(([key, value]) => (value !== undefined && spells(key, name) ? value : []));
}

/** Headers with this one in the place of every spelling of it, under its name in lower case. */
export function withHeader(headers: Headers, name: string, value: string | readonly string[]): Headers {
  const changed: Record<string, Headers[string]> = { ...headers, [name]: value };
  for (const key of Object.keys(headers)) if (key !== name && spells(key, name)) delete changed[key];
  return changed;
}

/** A response that no cache may keep or hand to another visitor: it sets a cookie (RFC 9111, section 7.3). */
export function uncacheable<R extends Response>(response: R): R {
  const headers = response.headers ?? {};
  const decided = headerName(headers, "cache-control") !== undefined;
  return {
    ...response,
    headers: varying(decided ? headers : withHeader(headers, "cache-control", "no-store"), "Cookie"),
  };
}

/** Headers that say that the response depends on this field of the request (RFC 9110, section 12.5.5). */
export function varying(headers: Headers, name: string): Headers {
  const fields = headerValues(headers, "vary")
    .flatMap((value) => value.split(","))
    .map(trimmed)
    .filter((field) => field !== "");
  if (fields.some((field) => field === "*" || field.toLowerCase() === name.toLowerCase())) return headers;
  return withHeader(headers, "vary", [...fields, name].join(", "));
}

/**
 * A text without the SP and HTAB round it. JavaScript's own trim takes Unicode's spaces too, and the prefix of a
 * cookie's name could hide behind one.
 */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** SP or HTAB. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** A digit of ASCII. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Refuses what cannot stand in a header that a program sets: other than visible ASCII and spaces, or one of `forbidden`.
 *
 * @throws TypeError
 */
export function checkHeaderText(where: string, value: unknown, forbidden = ""): asserts value is string {
  if (typeof value === "string" && value !== "" && [...value].every((char) => isText(char, forbidden))) return;
  const but = forbidden === "" ? "" : ` and without ${[...forbidden].join(" ")}`;
  throw new TypeError(`${where} must be text of visible ASCII${but}, got ${show(value)}`);
}

function isText(char: string, forbidden: string): boolean {
  return char >= " " && char <= "~" && !forbidden.includes(char);
}

function spells(key: string, name: string): boolean {
  return key.length === name.length && key.toLowerCase() === name;
}
