import type { Headers } from "../types.ts";
import { uncacheable } from "../http/headers.ts";
import { withSetCookies } from "../cookies/set-cookie.ts";

const FIELDS = ["set-cookie", "cache-control", "vary"] as const;

/**
 * Returns the headers of a save for a response that has headers already. Cookies join those that are there, `vary`
 * grows, and a `cache-control` of the application stays. The list is empty if no cookie is set.
 */
export function savedHeaders(
  saved: Headers | undefined,
  present: (name: string) => string | readonly string[] | number | undefined,
): [name: string, value: string | string[]][] {
  const lines = saved?.["set-cookie"];
  if (saved === undefined || lines === undefined) return [];
  const before = Object.fromEntries(FIELDS.map((name) => [name, headerText(present(name))]));
  const isAlone = FIELDS.every((name) => before[name] === undefined);
  const headers = isAlone ? saved : joinHeaders(before, typeof lines === "string" ? [lines] : lines);
  return FIELDS.flatMap((name): [string, string | string[]][] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, typeof value === "string" ? value : [...value]]];
  });
}

function joinHeaders(before: Headers, lines: readonly string[]): Headers {
  return uncacheable(withSetCookies({ headers: before }, lines)).headers ?? {};
}

function headerText(value: string | readonly string[] | number | undefined): string | readonly string[] | undefined {
  return typeof value === "number" ? String(value) : value;
}
