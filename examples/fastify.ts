/** Sessions in Fastify. Run it: `PORT=3000 node examples/fastify.ts`. */
import { pathToFileURL } from "node:url";

import fastify, { type FastifyInstance } from "fastify";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionDraft } from "ringlet/fastify";

interface App {
  user?: string;
  visits?: number;
}

declare module "fastify" {
  interface FastifyRequest extends SessionDraft<App> {}
}

export async function createApp(store: SessionStore = memoryStore()): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(session<App>({ store }));

  app.get("/", (request) => {
    const { user = null, visits = 0 } = request.session;
    return { user, visits, flash: request.flash ?? null };
  });

  app.post("/visit", (request, reply) => {
    request.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    return reply.redirect("/", 303);
  });

  app.post("/login", (request, reply) => {
    const { user } = request.body as { user: string };
    request.session.user = user;
    request.sessionRecreate = true;
    request.flash = `Welcome, ${user}`;
    return reply.redirect("/", 303);
  });

  app.post("/logout", (request, reply) => {
    request.session = null;
    request.flash = "Goodbye";
    return reply.redirect("/", 303);
  });

  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  const app = await createApp();
  await app.listen({ port });
  process.stdout.write(`http://localhost:${port}\n`);
}
