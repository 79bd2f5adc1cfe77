import { contentType, response, status, type Awaitable, type Response } from "ringlet";

import { html, render } from "../html.ts";

/** Outermost middleware. It logs an error, and the visitor gets a page without details. */
export function wrapInternalError<Req extends { readonly method: string; readonly uri: string }, Res extends Response>(
  handler: (request: Req) => Awaitable<Res | null | undefined>,
  log: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
): (request: Req) => Promise<Res | Response | null | undefined> {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      log(`${request.method} ${encodeURI(request.uri)}: ${error instanceof Error ? error.stack : String(error)}`);
      return contentType(status(response(page), 500), "text/html; charset=utf-8");
    }
  };
}

const page = render(
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Something very bad has happened!</title>
      </head>
      <body>
        <h1>Something very bad has happened!</h1>
        <p>We have been told, and are looking into it.</p>
      </body>
    </html>`,
);
