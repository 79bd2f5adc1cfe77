import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from "express";
import express4 from "express4";
import { Readable } from "node:stream";

import { session } from "../../../src/adapters/express.ts";
import type { ScriptAnswer, ScriptDraft, ServeAdapter } from "../../../src/testing/testing.ts";
import { listening } from "./listening.ts";

export const serveExpress: ServeAdapter = serving(express);

export const serveExpress4: ServeAdapter = serving(express4);

function serving(makeApp: typeof express): ServeAdapter {
  return ({ options, answer }) => {
    const app = makeApp();
    const handler: RequestHandler = (request, response, next) => {
      answer(request, draftOf(request)).then((given) => send(response, given), next);
    };
    // Express needs the fourth parameter to know an error handler. By default it would log the error.
    const failed: ErrorRequestHandler = (_error, _request, response, _next) => void response.sendStatus(500);
    app.use(session(options), handler, failed);
    return listening(app);
  };
}

/** Casts the request, because the examples declare another type of session for the whole program. */
function draftOf(request: Request): ScriptDraft {
  return request as unknown as ScriptDraft;
}

function send(response: Response, { status, headers, body, redirect }: ScriptAnswer): void {
  response.set(headers);
  if (redirect !== undefined) return response.redirect(status, redirect);
  response.status(status);
  if (body === null) response.end();
  else if (typeof body === "string") response.send(body);
  else Readable.from(body).pipe(response);
}
