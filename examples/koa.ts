/** Sessions in Koa. Run it: `PORT=3000 node examples/koa.ts`. */
import { createServer, type RequestListener } from "node:http";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

import Koa, { type DefaultState, type ParameterizedContext } from "koa";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionDraft } from "ringlet/koa";

interface App {
  user?: string;
  visits?: number;
}

type Context = ParameterizedContext<DefaultState, SessionDraft<App>>;

export function createApp(store: SessionStore = memoryStore()): RequestListener {
  const app = new Koa<DefaultState, SessionDraft<App>>();
  app.use(session<App>({ store }));

  const on = (route: string, handle: (ctx: Context) => unknown) =>
    app.use((ctx, next) => (`${ctx.method} ${ctx.path}` === route ? handle(ctx) : next()));

  on("GET /", (ctx) => {
    const { user = null, visits = 0 } = ctx.session;
    ctx.body = { user, visits, flash: ctx.flash ?? null };
  });

  on("POST /visit", (ctx) => {
    ctx.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    seeOther(ctx, "/");
  });

  on("POST /login", async (ctx) => {
    const { user } = (await json(ctx.req)) as { user: string };
    ctx.session.user = user;
    ctx.sessionRecreate = true;
    ctx.flash = `Welcome, ${user}`;
    seeOther(ctx, "/");
  });

  on("POST /logout", (ctx) => {
    ctx.session = null;
    ctx.flash = "Goodbye";
    seeOther(ctx, "/");
  });

  const listener = app.callback();
  return (request, response) => void listener(request, response);
}

function seeOther(ctx: Context, url: string): void {
  ctx.status = 303;
  ctx.redirect(url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  createServer(createApp()).listen(port, () => process.stdout.write(`http://localhost:${port}\n`));
}
