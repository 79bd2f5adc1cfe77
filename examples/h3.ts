/** Sessions in h3. Run it: `PORT=3000 node examples/h3.ts`. */
import { createServer, type RequestListener } from "node:http";
import { pathToFileURL } from "node:url";

import { H3, readBody, redirect, toNodeHandler } from "h3";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionDraft } from "ringlet/h3";

interface App {
  user?: string;
  visits?: number;
}

declare module "h3" {
  interface H3EventContext extends SessionDraft<App> {}
}

export function createApp(store: SessionStore = memoryStore()): RequestListener {
  const app = new H3();
  app.use(session<App>({ store }));

  app.get("/", ({ context }) => {
    const { user = null, visits = 0 } = context.session;
    return { user, visits, flash: context.flash ?? null };
  });

  app.post("/visit", ({ context }) => {
    context.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    return redirect("/", 303);
  });

  app.post("/login", async (event) => {
    const { user } = (await readBody(event)) as { user: string };
    event.context.session.user = user;
    event.context.sessionRecreate = true;
    event.context.flash = `Welcome, ${user}`;
    return redirect("/", 303);
  });

  app.post("/logout", ({ context }) => {
    context.session = null;
    context.flash = "Goodbye";
    return redirect("/", 303);
  });

  return toNodeHandler(app);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  createServer(createApp()).listen(port, () => process.stdout.write(`http://localhost:${port}\n`));
}
