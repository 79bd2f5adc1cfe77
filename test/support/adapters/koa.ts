import Koa from "koa";
import { Readable } from "node:stream";

import { session, type SessionDraft } from "../../../src/adapters/koa.ts";
import type { ServeAdapter } from "../../../src/testing/testing.ts";
import { listening } from "./listening.ts";

export const serveKoa: ServeAdapter = ({ options, answer }) => {
  const app = new Koa<Koa.DefaultState, SessionDraft>();
  app.silent = true;
  app.use(session(options));
  app.use(async (context) => {
    const { status, headers, body, redirect } = await answer(context, context);
    context.set(headers);
    if (redirect !== undefined) context.redirect(redirect);
    else context.body = body === null || typeof body === "string" ? body : Readable.from(body);
    context.status = status;
  });
  return listening(app.callback());
};
