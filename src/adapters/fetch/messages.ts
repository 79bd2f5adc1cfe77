import type { DraftRequest } from "../../draft/draft.ts";
import { savedHeaders } from "../../draft/saved-headers.ts";
import { parseTarget } from "../../http/target.ts";
import type { Headers, Response } from "../../types.ts";

/** What of the platform's `Headers` is read. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** What of the platform's `Request` is read. */
export interface ReadableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadableHeaders;
}

/** A request as a draft wants it. The scheme is that of the URL. */
export function draftRequest({ method, url, headers }: ReadableRequest): DraftRequest {
  const { scheme, path } = parseTarget(url);
  return {
    method,
    uri: path,
    headers: { cookie: headers.get("cookie") ?? undefined },
    scheme: scheme === "https" ? "https" : "http",
  };
}

/** The headers that an anti-forgery guard looks at, but for those that its options name. */
const GUARDS = ["cookie", "origin", "sec-fetch-site", "x-csrf-token", "x-xsrf-token"];

/** A request as a guard wants it. The host is that of the URL. */
export function guardRequest(request: ReadableRequest, safeHeader: string | undefined): DraftRequest {
  const names = safeHeader === undefined ? GUARDS : [...GUARDS, safeHeader.toLowerCase()];
  const fields = names.map((name) => [name, request.headers.get(name) ?? undefined] as const);
  const { authority } = parseTarget(request.url);
  return { ...draftRequest(request), headers: { ...Object.fromEntries(fields), host: authority } };
}

/** A response map as the platform's `Response`. */
export function platformResponse({ status = 200, headers = {}, body = null }: Response): globalThis.Response {
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  return new globalThis.Response(body as string | null, { status, headers: fields });
}

/** Adds what saving a session has answered, beside the cookies, `cache-control` and `vary` that are there. */
export function addSessionHeaders(fields: globalThis.Headers, added: Headers | undefined): void {
  const present = (name: string): string | readonly string[] | undefined =>
    name === "set-cookie" ? fields.getSetCookie() : (fields.get(name) ?? undefined);
  for (const [name, value] of savedHeaders(added, present)) {
    fields.delete(name);
    for (const each of [value].flat()) fields.append(name, each);
  }
}

/**
 * The response with the headers of a saved session. A copy where there are any: the one given may be immutable, as
 * redirects are, or kept by the application for everybody.
 */
export function withSessionHeaders(response: globalThis.Response, added: Headers | undefined): globalThis.Response {
  if (added?.["set-cookie"] === undefined) return response;
  const { status, statusText, body } = response;
  if (status === 101) {
    // Switching protocols: what the platform hangs on such a response is lost in a copy.
    addSessionHeaders(response.headers, added);
    return response;
  }
  const headers = new globalThis.Headers(response.headers);
  addSessionHeaders(headers, added);
  return new globalThis.Response(body, { status, statusText, headers });
}
