import type { Headers, Response } from "../types.ts";

/** The name under which a header stands in a map, whatever its case; undefined where it is not there. */
export function headerName(headers: Headers, name: string): string | undefined {
  if (headers[name] !== undefined) return name;
  return Object.keys(headers).find((key) => key.length === name.length && key.toLowerCase() === name);
}

/** A response that no cache may keep or hand to another visitor: it sets a cookie (RFC 9111, section 7.3). */
export function uncacheable<R extends Response>(response: R): R {
  const headers = response.headers ?? {};
  const cacheControl = headerName(headers, "cache-control") === undefined ? { "cache-control": "no-store" } : {};
  return { ...response, headers: { ...headers, ...cacheControl, ...varyByCookie(headers) } };
}

function varyByCookie(headers: Headers): Headers {
  const name = headerName(headers, "vary") ?? "vary";
  const given = headers[name] ?? [];
  const fields = typeof given === "string" ? [given] : given;
  const named = fields.flatMap((field) => field.split(",")).map((field) => field.trim().toLowerCase());
  if (named.includes("cookie") || named.includes("*")) return {};
  return { [name]: [...fields, "Cookie"].filter((field) => field !== "").join(", ") };
}
