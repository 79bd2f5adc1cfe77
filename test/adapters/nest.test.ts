import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";

import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type DynamicModule,
  ForbiddenException,
  Get,
  type INestApplication,
  Post,
  Redirect,
  Req,
} from "@nestjs/common";
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";

import { discardChanges, session, type SessionDraft } from "../../src/adapters/express.ts";
import { discardChanges as discardFastifyChanges, session as fastifySession } from "../../src/adapters/fastify.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";
import { clickThrough } from "../examples/click.ts";
import { codeBlocks } from "../repository/markdown.ts";

interface App {
  user?: string;
  visits?: number;
}

type Request = SessionDraft<App>;

/** The application of the examples, with two routes that fail. */
class Routes {
  page(request: Request): object {
    const { user = null, visits = 0 } = request.session;
    return { user, visits, flash: request.flash ?? null };
  }
  visit(request: Request): void {
    request.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  }
  login(request: Request, { user }: { readonly user: string }): void {
    request.session.user = user;
    request.sessionRecreate = true;
    request.flash = `Welcome, ${user}`;
  }
  logout(request: Request): void {
    request.session = null;
    request.flash = "Goodbye";
  }
  forbidden(request: Request): void {
    request.session.user = "Eve";
    throw new ForbiddenException();
  }
  failing(request: Request): void {
    request.session.user = "Eve";
    throw new Error("no");
  }
}

// Decorators are called by hand: this project is compiled without the old ones that Nest needs.
for (const name of ["page", "visit", "login", "logout", "forbidden", "failing"] as const) {
  const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, name);
  assert.ok(descriptor);
  Req()(Routes.prototype, name, 0);
  if (name === "login") Body()(Routes.prototype, name, 1);
  const posts = ["visit", "login", "logout"].includes(name);
  if (posts) Redirect("/", 303)(Routes.prototype, name, descriptor);
  (posts ? Post : Get)(name === "page" ? "/" : name)(Routes.prototype, name, descriptor);
}
Controller()(Routes);

/** Makes a module without a class. */
const moduleOf = (controller: new () => object): DynamicModule => ({ module: controller, controllers: [controller] });

/** The filter of docs/adapters/nest.md. */
class Discarding extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    discardChanges(host.switchToHttp().getRequest<object>());
    super.catch(exception, host);
  }
}
Catch()(Discarding);

class FastifyDiscarding extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    discardFastifyChanges(host.switchToHttp().getRequest<object>());
    super.catch(exception, host);
  }
}
Catch()(FastifyDiscarding);

async function onExpress(
  t: TestContext,
  store: SessionStore = memoryStore(),
  controller: new () => object = Routes,
): Promise<INestApplication> {
  const app = await NestFactory.create<NestExpressApplication>(moduleOf(controller), { logger: false });
  t.after(() => app.close());
  return app.use(session<App>({ store }));
}

async function listening(app: INestApplication): Promise<string> {
  await app.listen(0, "127.0.0.1");
  return app.getUrl();
}

test("Nest on Express", async (t) => {
  await clickThrough(await listening(await onExpress(t)));
});

test("Nest on Express: an exception of 500 or above saves nothing, and none with a filter that discards", async (t) => {
  for (const discards of [false, true]) {
    const app = await onExpress(t);
    if (discards) app.useGlobalFilters(new Discarding(app.get(HttpAdapterHost).httpAdapter));
    const url = await listening(app);
    const failing = await fetch(`${url}/failing`);
    assert.deepEqual([failing.status, failing.headers.get("set-cookie")], [500, null]);
    const forbidden = await fetch(`${url}/forbidden`);
    assert.equal(forbidden.status, 403);
    assert.equal(forbidden.headers.get("set-cookie") === null, discards);
  }
});

test("Nest on Express: a store that fails is a 503", async (t) => {
  const fail = (): Promise<never> => Promise.reject(new Error("connection lost"));
  const url = await listening(await onExpress(t, { ...memoryStore(), readSession: fail, writeSession: fail }));
  assert.equal((await fetch(`${url}/visit`, { method: "POST", redirect: "manual" })).status, 503);
  const jar = cookieJar();
  jar.take({ headers: { "set-cookie": "ring-session=an-old-key-of-somebody-0123456789" } });
  assert.equal((await fetch(url, { headers: { cookie: jar.header() ?? "" } })).status, 503);
});

async function onFastify(t: TestContext, store: SessionStore = memoryStore()): Promise<INestApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(Routes), new FastifyAdapter(), {
    logger: false,
  });
  t.after(() => app.close());
  await app.register(fastifySession<App>({ store }));
  return app;
}

test("Nest on Fastify", async (t) => {
  await clickThrough(await listening(await onFastify(t)));
});

test("Nest on Fastify: an exception of 500 or above saves nothing, and none with a filter that discards", async (t) => {
  for (const discards of [false, true]) {
    const store = memoryStore();
    const app = await onFastify(t, store);
    if (discards) app.useGlobalFilters(new FastifyDiscarding(app.get(HttpAdapterHost).httpAdapter));
    const url = await listening(app);
    const failing = await fetch(`${url}/failing`);
    assert.deepEqual([failing.status, failing.headers.get("set-cookie"), store.size], [500, null, 0]);
    const forbidden = await fetch(`${url}/forbidden`);
    assert.deepEqual([forbidden.status, store.size], [403, discards ? 0 : 1]);
    assert.equal(forbidden.headers.get("set-cookie") === null, discards);
  }
});

test("the controller of docs/adapters/nest.md, with its decorators", async (t) => {
  const folder = ".build/nest";
  rmSync(folder, { recursive: true, force: true });
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const page = codeBlocks(readFileSync("docs/adapters/nest.md", "utf8").split("\n"));
  const controller = page.find(({ language }) => language === "typescript")?.code.join("\n");
  writeFileSync(`${folder}/routes.ts`, `${controller}\ninterface App { user?: string; visits?: number }\n`);
  const compilerOptions = {
    rootDir: ".",
    outDir: ".",
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    isolatedDeclarations: false,
  };
  const project = { extends: "../../tsconfig.json", compilerOptions, include: [], files: ["routes.ts"] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(project));
  const compiler = ["node_modules/typescript/bin/tsc", "--project", folder];
  assert.equal(spawnSync(process.execPath, compiler, { encoding: "utf8" }).stdout, "");

  const { Routes: Documented } = (await import(pathToFileURL(resolve(folder, "routes.js")).href)) as {
    readonly Routes: new () => object;
  };
  const url = await listening(await onExpress(t, memoryStore(), Documented));
  const jar = cookieJar();
  const send = async (method: string, path: string): Promise<Response> => {
    const response = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: { cookie: jar.header() ?? "", "content-type": "application/json" },
      ...(method === "POST" && { body: '{"user":"Ada"}' }),
    });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return response;
  };
  assert.equal((await send("POST", "/login")).status, 303);
  assert.deepEqual(await (await send("GET", "/")).json(), { user: "Ada", visits: 0, flash: "Welcome, Ada" });
  assert.equal((await send("POST", "/logout")).headers.get("location"), "/");
  assert.equal(jar.header(), undefined);
});
