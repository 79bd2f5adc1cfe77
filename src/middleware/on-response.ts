import type { Handler, Response } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { headerName, withHeader } from "../http/headers.ts";

/** Returns a handler whose responses are changed. A missing response stays missing. */
export function onResponse<Req, Res extends Response>(
  handler: Handler<Req, Res>,
  change: (response: Res, request: Req) => Res,
): Handler<Req, Res> {
  return (request) =>
    andThen(handler(request), (response) =>
      response === null || response === undefined ? response : change(response, request),
    );
}

/** Returns a response with a header, unless the handler has set it: the handler knows its own page best. */
export function withDefaultHeader<R extends Response>(response: R, name: string, value: string): R {
  const headers = response.headers ?? {};
  if (headerName(headers, name) !== undefined) return response;
  return { ...response, headers: withHeader(headers, name, value) };
}
