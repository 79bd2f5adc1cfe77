import type { DraftRequest } from "../../draft/draft.ts";
import { savedHeaders } from "../../draft/saved-headers.ts";
import { parseTarget } from "../../http/target.ts";
import type { Headers, Response } from "../../types.ts";

/** The part of the platform's `Headers` that is read. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** The part of the platform's `Request` that is read. */
export interface ReadableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadableHeaders;
}

/** Returns a request for a draft. The scheme is that of the URL. */
export function draftRequest({ method, url, headers }: ReadableRequest): DraftRequest {
  const { scheme, path } = parseTarget(url);
  return {
    method,
    uri: path,
    headers: { cookie: headers.get("cookie") ?? undefined },
    scheme: scheme === "https" ? "https" : "http",
  };
}

/** Headers that an anti-forgery guard reads, except those that its options name. */
const GUARDS = ["cookie", "origin", "sec-fetch-site", "x-csrf-token", "x-xsrf-token"];

/** Returns a request for a guard. The host is that of the URL. */
export function guardRequest(request: ReadableRequest, safeHeader: string | undefined): DraftRequest {
  const names = safeHeader === undefined ? GUARDS : [...GUARDS, safeHeader.toLowerCase()];
  const fields = names.map((name) => [name, request.headers.get(name) ?? undefined] as const);
  const { authority } = parseTarget(request.url);
  return { ...draftRequest(request), headers: { ...Object.fromEntries(fields), host: authority } };
}

/** Returns a response map as the platform's `Response`. */
export function platformResponse({ status = 200, headers = {}, body = null }: Response): globalThis.Response {
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  return new globalThis.Response(body as string | null, { status, headers: fields });
}

/** Adds the headers of a saved session, and keeps the cookies, `cache-control` and `vary` that are there. */
export function addSessionHeaders(fields: globalThis.Headers, added: Headers | undefined): void {
  const present = (name: string): string | readonly string[] | undefined =>
    name === "set-cookie" ? fields.getSetCookie() : (fields.get(name) ?? undefined);
  for (const [name, value] of savedHeaders(added, present)) {
    fields.delete(name);
    for (const each of [value].flat()) fields.append(name, each);
  }
}

/**
 * Returns a response with the headers of a saved session. If there are any, it is a copy. The given response may be
 * immutable, as redirects are, or the application may keep it for all visitors.
 */
export function withSessionHeaders(response: globalThis.Response, added: Headers | undefined): globalThis.Response {
  if (added?.["set-cookie"] === undefined) return response;
  const { status, statusText, body } = response;
  if (status === 101) {
    // Switching protocols: the platform puts more on such a response, which a copy would lose.
    addSessionHeaders(response.headers, added);
    return response;
  }
  const headers = new globalThis.Headers(response.headers);
  addSessionHeaders(headers, added);
  return new globalThis.Response(body, { status, statusText, headers });
}
