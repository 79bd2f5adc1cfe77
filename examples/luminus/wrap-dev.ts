/** The error page of Luminus for developers: the error, its stack and the request. */
import { inspect } from "node:util";

import { contentType, response, status, type Awaitable, type Response } from "ringlet";

import { html, render } from "../html.ts";
import { mask } from "./mask.ts";

/** Middleware that shows an error on a page. Never use it on a server that strangers can reach: see `wrapBase`. */
export function wrapDev<Req extends object, Res extends object>(
  handler: (request: Req) => Awaitable<Res | null | undefined>,
): (request: Req) => Promise<Res | Response | null | undefined> {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      return contentType(status(response(errorPage(error, request)), 500), "text/html; charset=utf-8");
    }
  };
}

function errorPage(error: unknown, request: object): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(inspect(error));
  return render(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>${name}: ${message}</title>
        </head>
        <body>
          <h1>${name}</h1>
          <p id="message">${message}</p>
          <h2>Stack</h2>
          <pre id="stack">${stack ?? ""}</pre>
          <h2>Request</h2>
          <pre id="request">${inspect(mask(request), { depth: 6, breakLength: 100 })}</pre>
        </body>
      </html>`,
  );
}
