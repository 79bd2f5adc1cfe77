/** Sessions in Express. Run it: `PORT=3000 node examples/express.ts`. */
import { createServer, type RequestListener } from "node:http";
import { pathToFileURL } from "node:url";

import express from "express";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionDraft } from "ringlet/express";

interface App {
  user?: string;
  visits?: number;
}

declare global {
  namespace Express {
    interface Request extends SessionDraft<App> {}
  }
}

export function createApp(store: SessionStore = memoryStore()): RequestListener {
  const app = express();
  app.use(session<App>({ store }));
  app.use(express.json());

  app.get("/", (req, res) => {
    const { user = null, visits = 0 } = req.session;
    res.json({ user, visits, flash: req.flash ?? null });
  });

  app.post("/visit", (req, res) => {
    req.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    res.redirect(303, "/");
  });

  app.post("/login", (req, res) => {
    const { user } = req.body as { user: string };
    req.session.user = user;
    req.sessionRecreate = true;
    req.flash = `Welcome, ${user}`;
    res.redirect(303, "/");
  });

  app.post("/logout", (req, res) => {
    req.session = null;
    req.flash = "Goodbye";
    res.redirect(303, "/");
  });

  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  createServer(createApp()).listen(port, () => process.stdout.write(`http://localhost:${port}\n`));
}
