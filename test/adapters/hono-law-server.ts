import { createServer } from "node:http";

import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { session, type SessionEnv } from "../../src/adapters/hono.ts";
import type { ScriptDraft, ServeAdapter } from "../../src/testing/testing.ts";
import { listen } from "../support/listen.ts";

/** Serves the application of the laws by Hono on Node. */
export const serveHono: ServeAdapter = ({ options, answer }) => {
  const app = new Hono<SessionEnv>();
  app.use(session(options));
  app.onError((_error, c) => c.text("failed", 500));
  app.all("/", async (c) => {
    const { status, headers, body, redirect } = await answer(c.req.raw, draftOf(c));
    if (redirect !== undefined) return c.redirect(redirect, status as 303);
    return c.newResponse(body, { status: status as 200, headers: pairs(headers) });
  });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return listen(createServer((incoming, outgoing) => void listener(incoming, outgoing)));
};

function pairs(headers: Readonly<Record<string, string | string[]>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
}

/** The draft's properties, as getters and setters over `c.get` and `c.set`. */
function draftOf(c: Context<SessionEnv>): ScriptDraft {
  return {
    get session() {
      return c.get("session");
    },
    set session(next) {
      if (next === null || typeof next === "function") c.set("session", next);
      else c.set("session", next);
    },
    get sessionKey() {
      return c.get("sessionKey");
    },
    get sessionRecreate() {
      return c.get("sessionRecreate");
    },
    set sessionRecreate(recreate) {
      c.set("sessionRecreate", recreate);
    },
    get sessionCookieAttrs() {
      return c.get("sessionCookieAttrs");
    },
    set sessionCookieAttrs(attrs) {
      c.set("sessionCookieAttrs", attrs);
    },
    get flash() {
      return c.get("flash");
    },
    set flash(flash) {
      c.set("flash", flash);
    },
  };
}
