import type { Headers } from "../types.ts";
import { headerValues, isSpace } from "./headers.ts";

/**
 * Whether a client has the representation already (RFC 9110, section 13.2.2). `If-None-Match` decides if the request
 * has it. Otherwise `If-Modified-Since` does.
 */
export function isFresh(request: Headers, response: Headers): boolean {
  const wanted = headerValues(request, "if-none-match").join(",");
  if (wanted !== "") return hasTag(wanted, firstValue(response, "etag"));
  const modified = parseHttpDate(firstValue(response, "last-modified"));
  const since = parseHttpDate(firstValue(request, "if-modified-since"));
  return modified !== undefined && since !== undefined && modified <= since;
}

/** Returns the milliseconds of an HTTP date, or undefined if the text is not in the one form that is sent today. */
export function parseHttpDate(text: string): number | undefined {
  const time = Date.parse(text);
  // Engines differ in how Date.parse reads other texts.
  return !Number.isNaN(time) && new Date(time).toUTCString() === text ? time : undefined;
}

/**
 * Whether a list has an entity tag, by weak comparison: `W/"a"` equals `"a"` (RFC 9110, section 8.8.3.2). `*` has all.
 */
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

/** Returns the position of the next tag. Tags may hold commas, so the list cannot be split at commas. */
function skipped(list: string, from: number): number {
  let at = from;
  while (at < list.length && (list.charAt(at) === "," || isSpace(list.charCodeAt(at)))) at++;
  return at;
}

function firstValue(headers: Headers, name: string): string {
  return headerValues(headers, name)[0] ?? "";
}
