import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { inspect } from "node:util";

import { getRequestListener } from "@hono/node-server";
import connect from "connect";
import express from "express";
import express4 from "express4";
import fastify from "fastify";
import { H3 } from "h3";
import { toNodeHandler } from "h3/node";
import { Hono } from "hono";
import Koa from "koa";

import * as forExpress from "../../src/adapters/express.ts";
import * as forFastify from "../../src/adapters/fastify.ts";
import * as forFetch from "../../src/adapters/fetch/fetch.ts";
import * as forH3 from "../../src/adapters/h3.ts";
import * as forHono from "../../src/adapters/hono.ts";
import * as forKoa from "../../src/adapters/koa.ts";
import type { AntiForgeryOptions } from "../../src/draft/guard.ts";
import type { SessionDraft } from "../../src/draft/draft.ts";
import type { AntiForgeryRefusal } from "../../src/anti-forgery/rules.ts";
import type { AntiForgeryRequest } from "../../src/anti-forgery/strategy.ts";
import { signedDoubleSubmit } from "../../src/anti-forgery/signed-double-submit.ts";
import { generateKey } from "../../src/stores/cookie/cookie.ts";
import { memoryStore, type MemoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import { listening } from "../adapters/live.ts";

interface App {
  user?: string;
  saved?: number;
}

type Face = SessionDraft<App> & AntiForgeryRequest;

/**
 * The application, the same for every framework. A route works on the draft, and returns the body of its response.
 * `carrier` is the framework's own object that has the draft's properties.
 */
const routes: Readonly<Record<string, (face: Face, carrier: object) => string>> = {
  "GET /": () => "no form here",
  "GET /copy": (_face, carrier) => (Object.keys({ ...carrier }).includes("antiForgeryToken") ? "copied" : "left alone"),
  "GET /look-through": (_face, carrier) => (lookThrough(carrier), "looked through"),
  "GET /form": (face) => face.antiForgeryToken,
  "GET /session": ({ session }) => JSON.stringify(session),
  "POST /save": (face) => ((face.session = (current) => ({ ...current, saved: (current.saved ?? 0) + 1 })), "saved"),
  "POST /fresh": (face) => ((face.session = { saved: 9 }), "fresh"),
  "POST /flash": (face) => ((face.flash = "hello"), "flashed"),
  "POST /login": (face) => {
    face.session.user = "ada";
    face.sessionRecreate = true;
    return "in";
  },
  "POST /login-and-form": (face) => {
    face.session.user = "ada";
    face.sessionRecreate = true;
    return face.antiForgeryToken;
  },
  "POST /logout": (face) => ((face.session = null), "out"),
  "GET /flash-and-form": (face) => `${face.antiForgeryToken} ${String(face.flash)}`,
};

function answer(method: string, path: string, face: unknown, carrier: unknown = face): string {
  const route = routes[`${method} ${path}`];
  return route === undefined ? "no such page" : route(face as Face, carrier as object);
}

/** Reads an object in every way in which code looks at all of its properties. */
function lookThrough(carrier: object): void {
  inspect(carrier, { getters: true });
  for (const name in carrier) void Reflect.get(carrier, name);
  for (const copy of [JSON.stringify, structuredClone]) {
    try {
      copy({ ...carrier });
    } catch {
      // Some requests of frameworks are circular, or have functions.
    }
  }
}

type Rules = AntiForgeryOptions<unknown>;

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

interface Host {
  /** Whether it reads the fields of forms. */
  readonly form: boolean;
  readonly open: (t: TestContext, store: MemoryStore, rules: Rules, guards?: number) => Listener | Promise<Listener>;
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

function expressLike(make: () => { use(...all: unknown[]): unknown }, form: readonly unknown[]): Host["open"] {
  return (_, store, rules, guards = 1) => {
    const app = make();
    const failed = (_error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
      response.statusCode = 500;
      response.end("failed");
    };
    for (const each of [
      forExpress.session({ store }),
      ...form,
      ...times(guards, () => forExpress.antiForgery(rules)),
    ]) {
      app.use(each);
    }
    app.use((request: IncomingMessage, response: ServerResponse) => {
      response.end(answer(request.method ?? "", request.url ?? "", request));
    });
    app.use(failed);
    return app as unknown as Listener;
  };
}

const hosts: Readonly<Record<string, Host>> = {
  "Express 5": { form: true, open: expressLike(express, [express.urlencoded()]) },
  "Express 4": { form: true, open: expressLike(express4, [express4.urlencoded({ extended: false })]) },
  Connect: { form: false, open: expressLike(connect, []) },
  Koa: {
    form: true,
    open: (_, store, rules, guards = 1) => {
      const app = new Koa<Koa.DefaultState, Face>();
      app.silent = true;
      app.use(forKoa.session<App>({ store }));
      app.use(async ({ req, request }, next) => {
        Object.assign(request, { body: Object.fromEntries(new URLSearchParams(await text(req))) });
        await next();
      });
      for (const guard of times(guards, () => forKoa.antiForgery(rules))) app.use(guard);
      app.use((ctx) => void (ctx.body = answer(ctx.method, ctx.path, ctx)));
      const callback = app.callback();
      return (...pair) => void callback(...pair);
    },
  },
  Fastify: {
    form: true,
    open: async (t, store, rules, guards = 1) => {
      const app = fastify();
      t.after(() => app.close());
      app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
        done(null, Object.fromEntries(new URLSearchParams(String(body)))),
      );
      await app.register(forFastify.session<App>({ store }));
      for (const guard of times(guards, () => forFastify.antiForgery(rules))) await app.register(guard);
      app.all("/*", (request) => answer(request.method, request.url, request));
      await app.ready();
      return (...pair) => app.routing(...pair);
    },
  },
  Hono: {
    form: true,
    open: (_, store, rules, guards = 1) => {
      const app = new Hono<forHono.SessionEnv<App> & forHono.AntiForgeryEnv>();
      app.onError((_error, c) => c.text("failed", 500));
      app.use(forHono.session<App>({ store }));
      for (const guard of times(guards, () => forHono.antiForgery(rules))) app.use(guard);
      app.all("/*", (c) => {
        const face = new Proxy(
          {},
          {
            get: (_target, name) => c.get(name as "session"),
            set: (_target, name, value) => (c.set(name as "session", value as App), true),
          },
        );
        return c.text(answer(c.req.method, c.req.path, face, c.var));
      });
      return getRequestListener(app.fetch, { overrideGlobalObjects: false });
    },
  },
  h3: {
    form: false,
    open: (_, store, rules, guards = 1) => {
      const app = new H3({ silent: true });
      app.use(forH3.session<App>({ store }));
      for (const guard of times(guards, () => forH3.antiForgery(rules))) app.use(guard);
      app.all("/**", ({ req, url, context }) => answer(req.method, url.pathname, context));
      return toNodeHandler(app);
    },
  },
  fetch: {
    form: false,
    open: (_, store, rules, guards = 1) => {
      const sessions = forFetch.session<App>({ store });
      const handle = (request: Request, draft: SessionDraft<App>): Response =>
        new Response(answer(request.method, new URL(request.url).pathname, draft));
      const own: AntiForgeryOptions<Request> = rules;
      const guarded = times(guards, () => forFetch.antiForgery(own)).reduce(
        (inner, guard) => guard.wrap<App>(inner) as typeof inner,
        handle as (request: Request, draft: SessionDraft<App>) => Response | Promise<Response>,
      );
      return getRequestListener(sessions.wrap(guarded), {
        overrideGlobalObjects: false,
        errorHandler: () => new Response(null, { status: 500 }),
      });
    },
  },
};

/** Starts an application on a free port, and makes a browser for it. */
async function visiting(t: TestContext, host: Host, given: Rules = {}, guards?: number) {
  const refusals: AntiForgeryRefusal[] = [];
  const store = memoryStore();
  const rules: Rules = { onRefused: (refusal) => refusals.push(refusal), ...given };
  const listener = await host.open(t, store, rules, guards);
  const { port } = await listening(t, (...pair) => void listener(...pair));
  const url = `http://127.0.0.1:${port}`;
  const jar = cookieJar();
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const cookie = jar.header();
    const response = await fetch(url + path, {
      method,
      headers: { ...(cookie !== undefined && { cookie }), ...headers },
      ...(body !== undefined && { body }),
    });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return {
    url,
    store,
    refusals,
    jar,
    get: (path: string) => send("GET", path),
    token: async () => (await send("GET", "/form")).body,
    session: async (): Promise<unknown> => JSON.parse((await send("GET", "/session")).body),
    post: (path: string, token?: string, headers: Record<string, string> = {}) =>
      send("POST", path, { ...(token !== undefined && { "x-csrf-token": token }), ...headers }),
    postForm: (path: string, fields: Record<string, string>) => {
      const form = new URLSearchParams(fields).toString();
      return send("POST", path, { "content-type": "application/x-www-form-urlencoded" }, form);
    },
  };
}

for (const [name, host] of Object.entries(hosts)) {
  describe(name, () => {
    test("a page without a form sets no cookie; one with a form shows another token each time", async (t) => {
      const { get, token, store } = await visiting(t, host);
      assert.equal((await get("/")).headers.get("set-cookie"), null);
      assert.equal(store.size, 0);
      const tokens = [await token(), await token()];
      for (const each of tokens) assert.match(each, /^[\w-]{128}$/);
      assert.notEqual(tokens[0], tokens[1]);
      assert.equal(store.size, 1);
    });

    test("copying or inspecting the framework's object reads no token, and so makes no session", async (t) => {
      const { get, store } = await visiting(t, host);
      const copied = await get("/copy");
      assert.deepEqual([copied.body, copied.headers.get("set-cookie")], ["left alone", null]);
      const seen = await get("/look-through");
      assert.deepEqual([seen.body, seen.headers.get("set-cookie")], ["looked through", null]);
      assert.equal(store.size, 0);
    });

    test("a request without a proof is refused, and its handler is not called", async (t) => {
      const { post, token, session, refusals } = await visiting(t, host);
      await token();
      const { status, headers, body } = await post("/save");
      assert.deepEqual([status, body], [403, "<h1>Invalid anti-forgery token</h1>"]);
      assert.match(headers.get("content-type") ?? "", /^text\/html/);
      assert.equal((await post("/save", "x".repeat(128))).status, 403);
      assert.deepEqual(await session(), {});
      assert.deepEqual(
        refusals.map(({ reason, method, uri }) => [reason, method, uri]),
        [
          ["token-missing", "POST", "/save"],
          ["token-wrong", "POST", "/save"],
        ],
      );
    });

    test("a request with the token passes, and the session does not show the secret", async (t) => {
      const { post, token, session } = await visiting(t, host);
      const shown = await token();
      assert.equal((await post("/save", shown)).body, "saved");
      assert.equal((await post("/save", undefined, { "x-xsrf-token": shown })).body, "saved");
      assert.deepEqual(await session(), { saved: 2 });
      assert.equal((await post("/fresh", shown)).body, "fresh");
      assert.equal((await post("/save", shown)).body, "saved");
      assert.deepEqual(await session(), { saved: 10 });
    });

    if (host.form) {
      test("the field of a form counts before a header", async (t) => {
        const { postForm, token, session } = await visiting(t, host);
        const right = await token();
        assert.equal((await postForm("/save", { "__anti-forgery-token": right })).body, "saved");
        assert.equal((await postForm("/save", { "__anti-forgery-token": "wrong" })).status, 403);
        assert.deepEqual(await session(), { saved: 1 });
      });
    }

    test("a request of another site is refused, even with the token", async (t) => {
      const { post, token, session, refusals, url } = await visiting(t, host, {
        trustedOrigins: ["https://a.example"],
      });
      const right = await token();
      for (const headers of [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site", origin: "https://b.example" },
        { origin: "https://b.example" },
        { origin: "null" },
      ]) {
        assert.equal((await post("/save", right, headers)).status, 403, JSON.stringify(headers));
      }
      assert.deepEqual(
        refusals.map(({ reason }) => reason),
        ["cross-site", "cross-site", "foreign-origin", "foreign-origin"],
      );
      for (const headers of [
        { "sec-fetch-site": "same-origin" },
        { origin: url },
        { "sec-fetch-site": "cross-site", origin: "https://a.example" },
      ]) {
        assert.equal((await post("/save", undefined, headers)).body, "saved", JSON.stringify(headers));
      }
      assert.deepEqual(await session(), { saved: 3 });
    });

    test("a log-in renews the token, a log-out ends it; a form in the answer to the log-in is accepted", async (t) => {
      const { post, token, session } = await visiting(t, host);
      const before = await token();
      assert.equal((await post("/login", before)).body, "in");
      assert.equal((await post("/save", before)).status, 403);
      const after = await token();
      assert.equal((await post("/save", after)).body, "saved");
      const { body: shownAtLogIn } = await post("/login-and-form", after);
      assert.equal((await post("/save", after)).status, 403);
      assert.equal((await post("/save", shownAtLogIn)).body, "saved");
      assert.deepEqual(await session(), { user: "ada", saved: 2 });
      assert.equal((await post("/logout", shownAtLogIn)).body, "out");
      assert.equal((await post("/save", shownAtLogIn)).status, 403);
    });

    test("a flash and the token do not disturb each other", async (t) => {
      const { post, get, token } = await visiting(t, host);
      const right = await token();
      await post("/flash", right);
      assert.equal((await post("/save", await token())).body, "saved");
      assert.match((await get("/flash-and-form")).body, /^[\w-]{128} hello$/);
      assert.match((await get("/flash-and-form")).body, /^[\w-]{128} undefined$/);
      assert.equal((await post("/save", right)).body, "saved");
    });

    test("rules: token always, a safe header, a custom answer, a strategy without a session", async (t) => {
      const strategy = signedDoubleSubmit({ key: generateKey() });
      const errorResponse = { status: 418, headers: { "content-type": "application/json" }, body: '{"no":1}' };
      const rules: Rules = { token: "always", safeHeader: "X-Own", errorResponse, strategy };
      const { post, token, store, jar } = await visiting(t, host, rules);
      const right = await token();
      assert.ok(jar.get("anti-forgery"));
      assert.equal(store.size, 0);
      const refused = await post("/save", undefined, { "sec-fetch-site": "same-origin" });
      assert.deepEqual([refused.status, refused.body], [418, '{"no":1}']);
      assert.match(refused.headers.get("content-type") ?? "", /^application\/json/);
      assert.equal((await post("/save", undefined, { "x-own": "1" })).body, "saved");
      const { status } = await post("/save", right);
      // The request before has begun a session, to whose key this token does not belong.
      assert.equal(status, 418);
      assert.equal((await post("/save", await token())).body, "saved");
    });

    test("readToken reads the token, and is called only if the token decides", async (t) => {
      let asked = 0;
      const { post, token } = await visiting(t, host, { readToken: async () => (asked++, right) });
      const right = await token();
      assert.equal((await post("/save")).body, "saved");
      await post("/save", undefined, { "sec-fetch-site": "cross-site" });
      assert.equal(asked, 1);
    });

    test("two guards on one session are a mistake, and no request passes", async (t) => {
      // Fastify refuses the second registration.
      if (name === "Fastify") return assert.rejects(visiting(t, host, {}, 2), /has already been added/);
      const { post, get } = await visiting(t, host, {}, 2);
      assert.equal((await get("/")).status, 500);
      assert.equal((await post("/save", undefined, { "sec-fetch-site": "same-origin" })).status, 500);
    });
  });
}

test("antiForgery() throws for wrong options when it is built, in each adapter", () => {
  const all = [forExpress, forFastify, forFetch, forH3, forHono, forKoa];
  for (const { antiForgery } of all as readonly { antiForgery: (options: object) => unknown }[]) {
    assert.throws(
      () => antiForgery({ trustedOrigins: ["*"] }),
      /^TypeError: antiForgery: trustedOrigins must be origins/,
    );
    assert.throws(() => antiForgery({ errorHandler: () => null }), /antiForgery: unknown option "errorHandler"/);
    assert.throws(() => antiForgery({ readToken: "x" }), /antiForgery: readToken must be a function, got text/);
  }
});

test("without session() before it no request passes, and Express' `of` says what is missing", async (t) => {
  const guard = forExpress.antiForgery();
  const { port } = await listening(t, (request, response) => guard(request, response, () => response.end("passed")));
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST" });
  assert.deepEqual([response.status, await response.text()], [500, "Internal Server Error"]);
  assert.throws(() => guard.of({}), /antiForgery: the request has not come through this middleware/);
});
