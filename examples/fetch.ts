/** Sessions with nothing but `Request` and `Response`. Run it: `PORT=3000 node examples/fetch.ts`. */
import { createServer, type RequestListener } from "node:http";
import { pathToFileURL } from "node:url";

import { getRequestListener } from "@hono/node-server";
import { memoryStore, type SessionStore } from "ringlet";
import { session } from "ringlet/fetch";

interface App {
  user?: string;
  visits?: number;
}

type Route = (request: Request) => Promise<Response>;

export function createApp(store: SessionStore = memoryStore()): RequestListener {
  const app = new Map<string, Route>();
  const sessions = session<App>({ store });

  app.set(
    "GET /",
    sessions.wrap((_request, draft) => {
      const { user = null, visits = 0 } = draft.session;
      return Response.json({ user, visits, flash: draft.flash ?? null });
    }),
  );

  app.set(
    "POST /visit",
    sessions.wrap((request, draft) => {
      draft.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
      return Response.redirect(new URL("/", request.url), 303);
    }),
  );

  app.set(
    "POST /login",
    sessions.wrap(async (request, draft) => {
      const { user } = (await request.json()) as { user: string };
      draft.session.user = user;
      draft.sessionRecreate = true;
      draft.flash = `Welcome, ${user}`;
      return Response.redirect(new URL("/", request.url), 303);
    }),
  );

  app.set(
    "POST /logout",
    sessions.wrap((request, draft) => {
      draft.session = null;
      draft.flash = "Goodbye";
      return Response.redirect(new URL("/", request.url), 303);
    }),
  );

  const notFound: Route = async () => new Response("Not Found", { status: 404 });
  const route: Route = (request) =>
    (app.get(`${request.method} ${new URL(request.url).pathname}`) ?? notFound)(request);
  const listener = getRequestListener(route, { overrideGlobalObjects: false });
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  createServer(createApp()).listen(port, () => process.stdout.write(`http://localhost:${port}\n`));
}
