/** Sessions in Hono. Run it: `PORT=3000 node examples/hono.ts`. */
import { createServer, type RequestListener } from "node:http";
import { pathToFileURL } from "node:url";

import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionEnv } from "ringlet/hono";

interface App {
  user?: string;
  visits?: number;
}

export function createApp(store: SessionStore = memoryStore()): RequestListener {
  const app = new Hono<SessionEnv<App>>();
  app.use(session<App>({ store }));

  app.get("/", (c) => {
    const { user = null, visits = 0 } = c.get("session");
    return c.json({ user, visits, flash: c.get("flash") ?? null });
  });

  app.post("/visit", (c) => {
    c.set("session", (current: App) => ({ ...current, visits: (current.visits ?? 0) + 1 }));
    return c.redirect("/", 303);
  });

  app.post("/login", async (c) => {
    const { user } = await c.req.json<{ user: string }>();
    c.get("session").user = user;
    c.set("sessionRecreate", true);
    c.set("flash", `Welcome, ${user}`);
    return c.redirect("/", 303);
  });

  app.post("/logout", (c) => {
    c.set("session", null);
    c.set("flash", "Goodbye");
    return c.redirect("/", 303);
  });

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  createServer(createApp()).listen(port, () => process.stdout.write(`http://localhost:${port}\n`));
}
