import type { DraftRequest } from "../draft.ts";
import { savedHeaders } from "../internal/saved-headers.ts";
import { parseTarget } from "../internal/target.ts";
import type { Headers } from "../types.ts";

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
