import type { Headers, Response } from "../types.ts";
import { show } from "../shared/values.ts";

/**
 * Header fields that belong to one response alone. Another response that is sent in its place must not have them. Other
 * fields of middleware, such as those of CORS, are true of both.
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
  // How it is cached: RFC 9111, section 5.
  "cache-control",
  "expires",
  // Its redirect, and its cookies.
  "location",
  "set-cookie",
];

/** Returns the key of a header in a map, in whatever case it is written, or undefined if the map does not have it. */
export function headerName(headers: Headers, name: string): string | undefined {
  if (Object.hasOwn(headers, name) && headers[name] !== undefined) return name;
  return Object.keys(headers).find((key) => spells(key, name) && headers[key] !== undefined);
}

/** Returns all values of a header, in whatever case its name is written. The list is empty if there is none. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  return Object.entries(headers).flatMap(([key, value]) => (value !== undefined && spells(key, name) ? value : []));
}

/** Returns headers with one header set. The name is in lower case, and other spellings of it are removed. */
export function withHeader(headers: Headers, name: string, value: string | readonly string[]): Headers {
  const changed: Record<string, Headers[string]> = { ...headers, [name]: value };
  for (const key of Object.keys(headers)) if (key !== name && spells(key, name)) delete changed[key];
  return changed;
}

/** Returns a response that no cache may store, because it sets a cookie (RFC 9111, section 7.3). */
export function uncacheable<R extends Response>(response: R): R {
  const headers = response.headers ?? {};
  const decided = headerName(headers, "cache-control") !== undefined;
  return {
    ...response,
    headers: varying(decided ? headers : withHeader(headers, "cache-control", "no-store"), "Cookie"),
  };
}

/** Returns headers whose `Vary` has a field of the request on which the response depends (RFC 9110, section 12.5.5). */
export function varying(headers: Headers, name: string): Headers {
  const fields = headerValues(headers, "vary")
    .flatMap((value) => value.split(","))
    .map(trimmed)
    .filter((field) => field !== "");
  if (fields.some((field) => field === "*" || field.toLowerCase() === name.toLowerCase())) return headers;
  return withHeader(headers, "vary", [...fields, name].join(", "));
}

/**
 * Returns a text without the SP and HTAB around it. JavaScript's own `trim` removes the spaces of Unicode too. The
 * prefix of a cookie's name could hide behind such a space.
 */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether a character code is SP or HTAB. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a character code is a digit of ASCII. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Throws if a value cannot be part of a header. It must be visible ASCII and spaces, without the `forbidden`
 * characters.
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
