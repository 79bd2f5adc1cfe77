import assert from "node:assert/strict";
import { test } from "node:test";

import connect from "connect";
import express from "express";

import { type Next, type SessionDraft, session } from "../../../src/adapters/express.ts";
import type { StandardSchema } from "../../../src/types.ts";

/** The type that examples/express.ts declares for the session of every request. */
interface Declared {
  user?: string;
  visits?: number;
}

interface Cart {
  items: string[];
}

test("one declaration types every request, without a cast", () => {
  const app = express();
  app.use(session<Declared>());
  app.get("/", (req, res) => {
    const user: string | undefined = req.session.user;
    req.session.visits = 1;
    req.session = { user: "Ada" };
    req.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    req.session = null;
    req.sessionRecreate = true;
    req.sessionCookieAttrs = { maxAge: 60 };
    req.flash = { level: "info", text: "Saved." };
    const key: string | undefined = req.sessionKey;
    // @ts-expect-error: not in the declared type
    req.session.nobody = 1;
    // @ts-expect-error: only the store makes keys
    req.sessionKey = "";
    res.json([user, key]);
  });
  app.use((error: unknown, req: express.Request, _res: express.Response, next: Next) => {
    req.session.user = "Ada";
    next(error);
  });
});

test("`of` is typed by the type argument or by the schema, and a flash by the second argument", () => {
  const schema: StandardSchema<Cart> = {
    "~standard": { version: 1, vendor: "test", validate: () => ({ value: { items: [] } }) },
  };
  const carts = session({ schema });
  const flashes = session<Declared, { readonly text: string }>();
  const app = connect();
  app.use(carts);
  app.use(flashes);
  app.use((req) => {
    const items: string[] = carts.of(req).session.items;
    const text: string | undefined = flashes.of(req).flash?.text;
    const draft: SessionDraft<Declared, { readonly text: string }> = flashes.of(req);
    // @ts-expect-error: the schema wants text
    carts.of(req).session.items = [1];
    // @ts-expect-error: a flash must be an object with a text
    draft.flash = "Saved.";
    return [items, text];
  });
  assert.equal(typeof app, "function");
});
