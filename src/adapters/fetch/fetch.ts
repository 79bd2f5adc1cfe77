/**
 * Serves a handler on platforms with `Request` and `Response`: Bun, Deno, Workers, and frameworks built on them.
 *
 * @example
 * ```ts
 * import { toFetchHandler } from "ringlet/fetch";
 *
 * export default { fetch: toFetchHandler((request) => ({ body: `You asked for ${request.uri}` })) };
 * ```
 *
 * For frameworks whose own handlers take a `Request` and return a `Response`, use `session`.
 *
 * @module
 */

import { discard, isStreamed, openBody } from "../../http/body.ts";
import { failureResponse, notFoundResponse } from "../../http/failure.ts";
import { parseHost } from "../../http/host.ts";
import { checkFunction, checkHandler, checkNames } from "../../shared/options.ts";
import { type ErrorListener, reportError } from "../../http/report.ts";
import { checkField, checkResponse, mayHaveContent } from "../../http/response-map.ts";
import { parseTarget } from "../../http/target.ts";
import type { Handler, Request, Response, ResponseBody } from "../../types.ts";

export type { SessionDraft } from "../../draft/draft.ts";
export { antiForgery, type AntiForgeryOptions, type FetchAntiForgery } from "./anti-forgery.ts";
export type { AntiForgeryRequest } from "../../draft/guard.ts";
export {
  type FetchInput,
  type FetchSessions,
  type OpenSession,
  type SavedCookie,
  type SavedSession,
  session,
  type SessionSource,
} from "./session.ts";

/** Options of `toFetchHandler`. `Info` are the arguments that the platform passes after the request. */
export interface FetchHandlerOptions<Info extends readonly unknown[] = readonly unknown[]> {
  /**
   * Returns the client's address, which each platform keeps in another place:
   * Deno `(_request, info) => info.remoteAddr.hostname`, Bun `(request, server) => server.requestIP(request)?.address`,
   * Workers `(request) => request.headers.get("cf-connecting-ip") ?? undefined`. Default: unknown.
   */
  readonly remoteAddr?: ((request: globalThis.Request, ...info: Info) => string | undefined) | undefined;
  /**
   * Listener of errors of the handler and of iterated bodies. Default: method, path and stack go to stderr, if there is
   * one. The visitor gets 503 for a session store, otherwise 500, and never a detail.
   */
  readonly onError?: ErrorListener | undefined;
}

/**
 * Returns a function from a platform's `Request` to its `Response`. If the handler returns no response, it is a 404.
 * The function never rejects.
 *
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 * @example
 * ```ts
 * import { toFetchHandler } from "ringlet/fetch";
 *
 * const fetchHandler = toFetchHandler(() => ({ body: "hello" }));
 * const response = await fetchHandler(new Request("http://localhost/"));
 * ```
 */
export function toFetchHandler<Info extends readonly unknown[] = readonly unknown[]>(
  handler: Handler,
  options: FetchHandlerOptions<Info> = {},
): (incoming: globalThis.Request, ...info: Info) => Promise<globalThis.Response> {
  checkFetchOptions(handler, options);
  const { remoteAddr, onError } = options;
  return async (incoming, ...info) => {
    const isHead = incoming.method === "HEAD";
    let request: Request | undefined;
    try {
      const given = (request = fetchRequest(incoming, remoteAddr?.(incoming, ...info)));
      const response = (await handler(given)) ?? notFoundResponse;
      return fetchResponse(response, isHead, (error) => reportError(error, given, onError));
    } catch (error) {
      reportError(error, request ?? fetchRequest(incoming, undefined), onError);
      return fetchResponse(failureResponse(error), isHead, () => undefined);
    }
  };
}

function checkFetchOptions(handler: Handler, options: FetchHandlerOptions<never>): void {
  checkNames("toFetchHandler", "option", options, ["remoteAddr", "onError"]);
  checkHandler("toFetchHandler", handler);
  checkFunction("toFetchHandler", "remoteAddr", options.remoteAddr);
  checkFunction("toFetchHandler", "onError", options.onError);
}

function fetchRequest(incoming: globalThis.Request, remoteAddr: string | undefined): Request {
  const target = parseTarget(incoming.url);
  const scheme = target.scheme === "https" ? "https" : "http";
  const host = parseHost(target.authority ?? "");
  return {
    method: incoming.method.toUpperCase(),
    uri: target.path,
    queryString: target.query,
    // Several Cookie headers were joined by the runtime: Node, Bun and Deno use "; " as RFC 9113 wants.
    headers: Object.fromEntries(incoming.headers),
    scheme,
    serverName: host?.name,
    serverPort: host === undefined ? undefined : (host.port ?? (scheme === "https" ? 443 : 80)),
    remoteAddr,
    protocol: undefined,
    body: incoming.method === "GET" || incoming.method === "HEAD" ? null : incoming.body,
  };
}

function fetchResponse(
  response: Response,
  isHead: boolean,
  onBodyError: (error: unknown) => void,
): globalThis.Response {
  const { status = 200, body = null } = response;
  try {
    checkResponse(response);
    const headers = fetchHeaders(response, isHead);
    const isEmpty = body === null || body === "" || isHead || !mayHaveContent(status);
    if (isEmpty) discard(body);
    return new globalThis.Response(isEmpty ? null : platformBody(body, onBodyError), { status, headers });
  } catch (error) {
    discard(body);
    throw error;
  }
}

function fetchHeaders({ status = 200, headers = {}, body = null }: Response, isHead: boolean): globalThis.Headers {
  const fields = new globalThis.Headers();
  for (const name of Object.keys(headers)) addField(fields, name, headers[name]);
  if (typeof body === "string" && body !== "" && !fields.has("content-type")) {
    fields.set("content-type", "text/plain; charset=utf-8");
  }
  if (isStreamed(body) || (body === null && (isHead || status === 304))) return fields;
  // The runtime counts what it sends; for HEAD it would count nothing.
  if (isHead) fields.set("content-length", String(bodyLength(body)));
  else fields.delete("content-length");
  return fields;
}

function addField(fields: globalThis.Headers, name: string, value: string | readonly string[] | undefined): void {
  // The server decides how a body is framed.
  if (value === undefined || name === "transfer-encoding") return;
  checkField(name, value);
  if (typeof value === "string") return fields.set(name, value);
  for (const each of value) fields.append(name, each);
}

function bodyLength(body: string | Uint8Array | null): number {
  return typeof body === "string" ? new TextEncoder().encode(body).byteLength : (body?.byteLength ?? 0);
}

type PlatformBody = string | Uint8Array | ReadableStream<Uint8Array>;

function platformBody(body: NonNullable<ResponseBody>, onError: (error: unknown) => void): PlatformBody {
  return !isStreamed(body) || "getReader" in body ? body : toReadableStream(body, onError);
}

/** Makes a stream of chunks. A chunk is asked for only when the client can take it. */
function toReadableStream(
  chunks: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const source = openBody(chunks);
  let gone = false;
  return new globalThis.ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await source.next();
          if (gone) return;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (!gone) onError(error);
          throw error;
        }
      },
      cancel: () => {
        gone = true;
        source.cancel();
      },
    },
    { highWaterMark: 0 },
  );
}
