import type { Headers } from "../types.ts";
import { headerValues, isSpace } from "./headers.ts";

/**
 * Whether a client has what would be sent (RFC 9110, section 13.2.2): by `If-None-Match` where it is there, by
 * `If-Modified-Since` only where it is not.
 */
export function isFresh(request: Headers, response: Headers): boolean {
  const wanted = headerValues(request, "if-none-match").join(",");
  if (wanted !== "") return hasTag(wanted, firstValue(response, "etag"));
  const modified = parseHttpDate(firstValue(response, "last-modified"));
  const since = parseHttpDate(firstValue(request, "if-modified-since"));
  return modified !== undefined && since !== undefined && modified <= since;
}

/** Milliseconds of a date in the one form that is sent today; undefined for any other text. */
export function parseHttpDate(text: string): number | undefined {
  const time = Date.parse(text);
  // What Date.parse makes of other texts is each engine's own guess.
  return !Number.isNaN(time) && new Date(time).toUTCString() === text ? time : undefined;
}

/** Weak comparison: `W/"a"` and `"a"` are the same (RFC 9110, section 8.8.3.2). `*` is any. */
function hasTag(list: string, tag: string): boolean {
  if (tag === "") return false;
  if (list === "*") return true;
  const opaque = tag.startsWith("W/") ? tag.slice(2) : tag;
  for (let at = skipped(list, 0); at < list.length;) {
    const open = list.startsWith("W/", at) ? at + 2 : at;
    const close = list.startsWith('"', open) ? list.indexOf('"', open + 1) : -1;
    if (close === -1) return false;
    if (list.slice(open, close + 1) === opaque) return true;
    at = skipped(list, close + 1);
  }
  return false;
}

/** Where the next tag begins: tags may hold commas, so the list cannot be split at them. */
function skipped(list: string, from: number): number {
  let at = from;
  while (at < list.length && (list.charAt(at) === "," || isSpace(list.charCodeAt(at)))) at++;
  return at;
}

function firstValue(headers: Headers, name: string): string {
  return headerValues(headers, name)[0] ?? "";
}
