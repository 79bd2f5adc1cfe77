import { Hono } from "hono";
import type { ContentfulStatusCode, RedirectStatusCode, StatusCode } from "hono/utils/http-status";

import { session, type SessionEnv } from "../../../src/adapters/hono.ts";
import type { AdapterApplication, ScriptDraft, ServeAdapter } from "../../../src/testing/testing.ts";
import { type FetchFunction, servingFetch } from "./fetch-server.ts";

const PROPERTIES = ["session", "sessionKey", "sessionRecreate", "sessionCookieAttrs", "flash"] as const;

export const serveHono: ServeAdapter = servingFetch(honoFetch);

/** Makes the application as a function from `Request` to `Response`. */
export function honoFetch({ options, answer }: AdapterApplication): FetchFunction {
  const app = new Hono<SessionEnv>();
  app.onError((_error, context) => context.text("failed", 500));
  app.use(session(options));
  app.all("/", async (context) => {
    const draft = draftBy(
      (property) => context.get(property),
      (property, value) => context.set(property, value as never),
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

function draftBy(get: (property: Property) => unknown, set: (property: Property, value: unknown) => void): ScriptDraft {
  const properties = PROPERTIES.map(
    (property) => [property, { get: () => get(property), set: (value: unknown) => set(property, value) }] as const,
  );
  return Object.defineProperties({}, Object.fromEntries(properties)) as ScriptDraft;
}

type Property = (typeof PROPERTIES)[number];
