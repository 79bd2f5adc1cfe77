import { Hono } from "hono";
import type { ContentfulStatusCode, RedirectStatusCode, StatusCode } from "hono/utils/http-status";

import { session, type SessionEnv } from "../../../src/adapters/hono.ts";
import type { AdapterApplication, ScriptDraft, ServeAdapter } from "../../../src/testing/testing.ts";
import { type FetchFunction, servingFetch } from "./fetch-server.ts";

const WORDS = ["session", "sessionKey", "sessionRecreate", "sessionCookieAttrs", "flash"] as const;

export const serveHono: ServeAdapter = servingFetch(honoFetch);

/** The application, for whatever speaks `Request` and `Response`. */
export function honoFetch({ options, answer }: AdapterApplication): FetchFunction {
  const app = new Hono<SessionEnv>();
  app.onError((_error, context) => context.text("failed", 500));
  app.use(session(options));
  app.all("/", async (context) => {
    const draft = draftBy(
      (word) => context.get(word),
      (word, value) => context.set(word, value as never),
    );
    const { status, headers, body, redirect } = await answer(context.req, draft);
    for (const [name, values] of Object.entries(headers)) {
      for (const value of [values].flat()) context.header(name, value, { append: name === "set-cookie" });
    }
    if (redirect !== undefined) return context.redirect(redirect, status as RedirectStatusCode);
    context.status(status as StatusCode);
    return body === null ? context.body(null) : context.body(body, status as ContentfulStatusCode);
  });
  return (request) => app.fetch(request);
}

function draftBy(get: (word: Word) => unknown, set: (word: Word, value: unknown) => void): ScriptDraft {
  const words = WORDS.map(
    (word) => [word, { get: () => get(word), set: (value: unknown) => set(word, value) }] as const,
  );
  return Object.defineProperties({}, Object.fromEntries(words)) as ScriptDraft;
}

type Word = (typeof WORDS)[number];
