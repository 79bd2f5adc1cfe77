/** Sessions in NestJS, on Express. Run it: `npm run example -- nest`. */
import { pathToFileURL } from "node:url";

import { Body, Controller, type DynamicModule, Get, type INestApplication, Post, Redirect, Req } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { memoryStore, type SessionStore } from "ringlet";
import { session, type SessionDraft } from "ringlet/express";

interface App {
  user?: string;
  visits?: number;
}

type Request = SessionDraft<App>;

class Routes {
  page(req: Request): object {
    const { user = null, visits = 0 } = req.session;
    return { user, visits, flash: req.flash ?? null };
  }

  visit(req: Request): void {
    req.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  }

  login(req: Request, { user }: { user: string }): void {
    req.session.user = user;
    req.sessionRecreate = true;
    req.flash = `Welcome, ${user}`;
  }

  logout(req: Request): void {
    req.session = null;
    req.flash = "Goodbye";
  }
}

// These calls do the work of decorators, so that this file runs as it is. With experimentalDecorators, write
// @Controller(), @Get("/"), @Post("login"), @Redirect("/", 303), @Req(), @Body().
decorate("page", Get("/"));
for (const name of ["visit", "login", "logout"] as const) decorate(name, Post(name), Redirect("/", 303));
Body()(Routes.prototype, "login", 1);
Controller()(Routes);

function decorate(name: keyof Routes, ...decorators: readonly MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, name) ?? {};
  for (const decorator of decorators) decorator(Routes.prototype, name, descriptor);
  Req()(Routes.prototype, name, 0);
}

export async function createApp(store: SessionStore = memoryStore()): Promise<INestApplication> {
  const module: DynamicModule = { module: Routes, controllers: [Routes] };
  const app = await NestFactory.create(module, { logger: ["error", "warn"] });
  app.use(session<App>({ store }));
  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 3000);
  const app = await createApp();
  await app.listen(port);
  process.stdout.write(`http://localhost:${port}\n`);
}
