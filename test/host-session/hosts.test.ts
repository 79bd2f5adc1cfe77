import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";

import fastifyCookie from "@fastify/cookie";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import koaSession from "koa-session";

import { toNodeListener } from "../../src/adapters/node/node.ts";
import { wrapFlash } from "../../src/flash.ts";
import { expressHost, fastifyHost, koaHost, wrapHostSession } from "../../src/host-session/host-session.ts";
import { redirect, response, setCookie } from "../../src/response.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import type { FlashRequest, Request, Response, SessionRequest, SessionResponse } from "../../src/types.ts";
import { listening } from "../adapters/live.ts";
import { expressSession, fastifySession, type Hosted } from "../support/host-sessions.ts";

interface App {
  readonly user?: string;
  readonly visits?: number;
  readonly cart?: { readonly items: readonly string[] };
  readonly cookie?: string;
  readonly isNew?: boolean;
}

type PageRequest = Request & SessionRequest<App> & FlashRequest<string>;

/** The Ring handlers of an application, which know nothing of its host. */
const page = wrapFlash<string, App>(({ uri, session, sessionKey, flash }: PageRequest): Answer => {
  switch (uri) {
    case "/ring/see":
      return response(JSON.stringify({ session, hasKey: sessionKey !== undefined, flash: flash ?? null }));
    case "/ring/set":
      return { ...redirect("/ring/see"), session: { ...session, cart: { items: ["a"] } } };
    case "/ring/visit":
      return { ...redirect("/ring/see"), session: (current) => ({ ...current, visits: (current.visits ?? 0) + 1 }) };
    case "/ring/login":
      return { ...redirect("/ring/see"), session: { user: "Ada" }, sessionRecreate: true, flash: "Welcome" };
    case "/ring/logout":
      return { ...redirect("/ring/see"), session: null };
    case "/ring/bye":
      return { ...redirect("/ring/see"), session: null, flash: "Bye" };
    case "/ring/renew":
      return { ...redirect("/ring/see"), sessionRecreate: true };
    case "/ring/taken":
      return { ...redirect("/ring/see"), session: { cookie: "mine", isNew: true } };
    case "/ring/cookie":
      return setCookie(response("hello"), "theme", "dark");
    default:
      throw new Error("not here");
  }
});

type Answer = Response & SessionResponse<App> & { readonly flash?: string };

/** Serves `page` below /ring, and routes of the host: /see shows the session, /set changes it, /logout ends it. */
type Host = (t: TestContext) => Promise<string>;

const hosts: Record<string, Host> = {
  "express-session": async (t) => {
    const app = express();
    app.use(expressSession({ secret: "s", resave: false, saveUninitialized: false }));
    app.use((request, res, next) => {
      if (!request.path.startsWith("/ring/")) return next();
      const handler = wrapHostSession(page, expressHost(request as unknown as Hosted));
      toNodeListener(handler, silent)(request, res);
    });
    app.use((request, res) => {
      const { session } = request as unknown as Hosted;
      if (request.path === "/set") Object.assign(session, { user: "Bob" });
      if (request.path === "/logout") session.destroy(() => res.json({}));
      else res.json({ ...session, cookie: undefined });
    });
    const { port } = await listening(t, app);
    return `http://127.0.0.1:${port}`;
  },
  "@fastify/session": async (t) => {
    const app = fastify();
    await app.register(fastifyCookie);
    await app.register(fastifySession, { secret: "s".repeat(32), saveUninitialized: false, cookie: { secure: false } });
    app.all("/ring/*", async (request, reply) => {
      const { method, url: uri, headers } = request;
      const handler = wrapHostSession(page, fastifyHost(request as unknown as Hosted));
      const answer = await handler({ method, uri, headers });
      reply.code(answer?.status ?? 404);
      for (const [name, value] of Object.entries(answer?.headers ?? {})) reply.header(name, value);
      return reply.send(answer?.body);
    });
    app.get("/*", async (request, reply) => {
      const { session } = request as unknown as Hosted;
      if (request.url === "/set") Object.assign(session, { user: "Bob" });
      if (request.url !== "/logout") return { ...session, cookie: undefined };
      await session.destroy();
      return reply.send({});
    });
    t.after(() => app.close());
    return app.listen({ port: 0, host: "127.0.0.1" });
  },
  "koa-session": async (t) => {
    const kept = new Map<string, unknown>();
    const store = {
      get: async (key: string) => structuredClone(kept.get(key)),
      set: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
      destroy: async (key: string) => void kept.delete(key),
    };
    return koaApplication(t, { store });
  },
  "koa-session, in its cookie": (t) => koaApplication(t, {}),
};

async function answerWithPage(ctx: Koa.Context): Promise<void> {
  const { method, path: uri, headers } = ctx;
  const answer = await wrapHostSession(page, koaHost(ctx))({ method, uri, headers });
  ctx.status = answer?.status ?? 404;
  for (const [name, value] of Object.entries(answer?.headers ?? {})) ctx.append(name, value as string | string[]);
  ctx.body = answer?.body;
}

async function koaApplication(t: TestContext, options: { store?: object }): Promise<string> {
  const app = new Koa();
  app.silent = true;
  app.keys = ["s"];
  app.use(koaSession(options as Parameters<typeof koaSession>[0], app));
  app.use(async (ctx, next) => {
    if (ctx.path.startsWith("/ring/")) await answerWithPage(ctx);
    else await next();
  });
  app.use((ctx) => {
    if (ctx.path === "/set") Object.assign(ctx["session"] as object, { user: "Bob" });
    if (ctx.path === "/logout") ctx["session"] = null;
    ctx.body = ctx["session"] ?? {};
  });
  const callback = app.callback();
  const { port } = await listening(t, (req, res) => void callback(req, res));
  return `http://127.0.0.1:${port}`;
}

const silent = { onError: () => undefined };

function browse(url: string) {
  const jar = cookieJar();
  const get = async (path: string): Promise<{ status: number; body: string }> => {
    const cookie = jar.header();
    const headers = cookie === undefined ? {} : { cookie };
    const answer = await fetch(url + path, { redirect: "manual", headers });
    jar.take({ headers: { "set-cookie": answer.headers.getSetCookie() } });
    return { status: answer.status, body: await answer.text() };
  };
  const json = async (path: string): Promise<unknown> => JSON.parse((await get(path)).body);
  return { jar, get, json };
}

for (const [name, host] of Object.entries(hosts)) {
  describe(`under ${name}`, () => {
    const isServerSide = name !== "koa-session, in its cookie";

    test("Ring handlers and host see each other's changes", async (t) => {
      const { get, json } = browse(await host(t));
      assert.deepEqual(await json("/ring/see"), { session: {}, hasKey: false, flash: null });
      await get("/set");
      assert.deepEqual(await json("/ring/see"), { session: { user: "Bob" }, hasKey: isServerSide, flash: null });
      assert.equal((await get("/ring/set")).status, 302);
      assert.deepEqual(await json("/see"), { user: "Bob", cart: { items: ["a"] } });
      await get("/ring/visit");
      await get("/ring/visit");
      assert.deepEqual(await json("/see"), { user: "Bob", cart: { items: ["a"] }, visits: 2 });
    });

    test("reading a session makes none", async (t) => {
      const { jar, get } = browse(await host(t));
      await get("/ring/see");
      await get("/ring/renew");
      await get("/ring/logout");
      assert.equal(/=(?!;|$)/.test(jar.header() ?? ""), false);
    });

    test("a log-out in one of them is a log-out in both", async (t) => {
      const { get, json, jar } = browse(await host(t));
      for (const path of ["/ring/logout", "/logout"]) {
        await get("/set");
        const before = jar.header();
        await get(path);
        assert.deepEqual(await json("/see"), {}, path);
        assert.deepEqual(await json("/ring/see"), { session: {}, hasKey: false, flash: null }, path);
        if (isServerSide) jar.take({ headers: { "set-cookie": before?.split("; ") ?? [] } });
        assert.deepEqual(await json("/see"), {}, path);
      }
    });

    test("sessionRecreate gives a new id, and a flash is shown once", async (t) => {
      const { get, json, jar } = browse(await host(t));
      await get("/set");
      const before = jar.header();
      await get("/ring/login");
      const after = jar.header();
      assert.notEqual(after, before);
      assert.deepEqual(await json("/ring/see"), { session: { user: "Ada" }, hasKey: isServerSide, flash: "Welcome" });
      assert.deepEqual(await json("/ring/see"), { session: { user: "Ada" }, hasKey: isServerSide, flash: null });
      assert.deepEqual(await json("/see"), { user: "Ada" });
      if (!isServerSide) return;
      jar.take({ headers: { "set-cookie": before?.split("; ") ?? [] } });
      assert.deepEqual(await json("/see"), {}, "the old id opens nothing");
      jar.take({ headers: { "set-cookie": after?.split("; ") ?? [] } });
      await get("/ring/renew");
      assert.notEqual(jar.header(), after);
      assert.deepEqual(await json("/see"), { user: "Ada" });
    });

    test("a flash survives the log-out that leaves it", async (t) => {
      const { get, json } = browse(await host(t));
      await get("/set");
      await get("/ring/bye");
      assert.deepEqual(await json("/ring/see"), { session: {}, hasKey: isServerSide, flash: "Bye" });
      assert.deepEqual(await json("/ring/see"), { session: {}, hasKey: false, flash: null });
    });

    test("a cookie of the handler is sent, and a handler that throws changes nothing", async (t) => {
      const { get, jar } = browse(await host(t));
      await get("/ring/cookie");
      assert.equal(jar.get("theme"), "dark");
      assert.equal((await get("/ring/nowhere")).status, 500);
    });

    test("a name that the host uses itself is refused", async (t) => {
      const { get, json } = browse(await host(t));
      await get("/set");
      assert.equal((await get("/ring/taken")).status, 500);
      assert.deepEqual(await json("/see"), { user: "Bob" });
    });
  });
}
