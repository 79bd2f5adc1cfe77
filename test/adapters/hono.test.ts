import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Hono } from "hono";
import { session, type SessionEnv } from "../../src/adapters/hono.ts";
import { SessionDataError, SessionStoreError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { adapterLaws, cookieJar } from "../../src/testing/testing.ts";
import type { SessionOptions } from "../../src/types.ts";
import { traced } from "../support/traced.ts";
import { serveHono } from "./hono-law-server.ts";

interface App {
  user?: string;
  visits?: number;
}

describe("laws", () => {
  for (const { name, check } of adapterLaws) {
    test(name, async (t) => {
      if ((await check(serveHono, memoryStore)) === "does not apply") t.skip("does not apply");
    });
  }
});

/** Makes an application, a browser for it, and a log of the store's calls. */
function application(options: SessionOptions<App> = {}) {
  const { store, calls } = traced(options.store ?? memoryStore());
  const app = new Hono<SessionEnv<App>>();
  const errors: unknown[] = [];
  app.onError((error, c) => {
    errors.push(error);
    return c.text("sorry", 503);
  });
  app.use(async (c, next) => {
    c.res.headers.set("x-early", "1");
    await next();
  });
  app.use(session<App>({ ...options, store }));
  app.get("/seen", (c) => c.json(c.get("session")));
  const jar = cookieJar();
  const send = async (path: string): Promise<Response> => {
    const cookie = jar.header();
    const response = await app.request(path, { headers: cookie === undefined ? {} : { cookie } });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return response;
  };
  const seen = async (): Promise<unknown> => (await send("/seen")).json();
  return { app, send, seen, calls, errors, jar };
}

describe("variables", () => {
  test("of the draft work by c.get, c.set and c.var, and other variables as usual", async () => {
    const { app, send, seen } = application();
    app.get("/", (c) => {
      c.set("session", { user: "Ada" });
      c.get("session").visits = 1;
      c.var.session.visits = (c.var.session.visits ?? 0) + 1;
      assert.equal(c.get("sessionKey"), undefined);
      assert.equal(c.get("sessionRecreate"), false);
      c.set("session", (current: App) => ({ ...current, visits: (current.visits ?? 0) + 1 }));
      assert.deepEqual(c.get("session"), { user: "Ada", visits: 2 });
      return c.text("");
    });
    await send("/");
    assert.deepEqual(await seen(), { user: "Ada", visits: 3 });

    const other = new Hono<SessionEnv<App> & { Variables: { id: number } }>();
    other.use(session<App>({ store: memoryStore() }));
    other.get("/", (c) => {
      c.set("id", 7);
      return c.json([c.get("id"), c.var.id, Object.keys(c.var).includes("session")]);
    });
    assert.deepEqual(await (await other.request("/")).json(), [7, 7, true]);
  });

  test("after null there is a new, empty session", async () => {
    const { app, send, seen, jar } = application();
    app.get("/login", (c) => {
      c.set("session", { user: "Ada" });
      return c.text("");
    });
    app.get("/logout", (c) => {
      c.set("session", null);
      return c.json(c.get("session"));
    });
    await send("/login");
    assert.deepEqual(await (await send("/logout")).json(), {});
    assert.equal(jar.header(), undefined);
    assert.deepEqual(await seen(), {});
  });

  test("c.get and c.var use up a flash, reading other variables does not", async () => {
    const { app, send } = application();
    app.get("/leave", (c) => {
      c.set("flash", "hello");
      return c.text("");
    });
    app.get("/others", (c) => c.json(c.var.session));
    app.get("/get", (c) => c.json(c.get("flash") ?? null));
    app.get("/var", (c) => c.json(c.var.flash ?? null));
    for (const path of ["/get", "/var"]) {
      await send("/leave");
      await send("/others");
      assert.equal(await (await send(path)).json(), "hello");
      assert.equal(await (await send(path)).json(), null);
    }
  });

  test("a key cannot be set", async () => {
    const { app, send, errors } = application();
    app.get("/", (c) => {
      Reflect.apply(c.set, undefined, ["sessionKey", "mine"]);
      return c.text("");
    });
    assert.equal((await send("/")).status, 503);
    assert.ok(errors[0] instanceof TypeError);
  });
});

describe("saved before the response", () => {
  const kept = new Response(null, { status: 204, headers: { "x-own": "1" } });
  after(() => assert.deepEqual(kept.headers.getSetCookie(), []));
  const answers: Record<string, () => Response> = {
    "a redirect of the platform": () => Response.redirect("http://localhost/seen", 303),
    "a response that serves many requests": () => kept,
    "one with cookies": () =>
      new Response("", {
        headers: [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
        ],
      }),
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async () => {
      const { app, send, seen } = application();
      app.get("/", (c) => {
        c.get("session").user = "Ada";
        return answer();
      });
      const { status, headers } = await send("/");
      const own = answer().headers;
      assert.equal(status, answer().status);
      assert.deepEqual(headers.getSetCookie().slice(0, -1), own.getSetCookie());
      assert.match(headers.getSetCookie().at(-1) ?? "", /^ring-session=/);
      assert.equal(headers.get("location"), own.get("location"));
      assert.equal(headers.get("x-own"), own.get("x-own"));
      assert.equal(headers.get("x-early"), "1");
      assert.deepEqual(await seen(), { user: "Ada" });
    });
  }

  test("also if no route is found", async () => {
    const { app, send, seen } = application();
    app.use(async (c, next) => {
      c.get("session").user = "Ada";
      await next();
    });
    assert.equal((await send("/nowhere")).status, 404);
    assert.deepEqual(await seen(), { user: "Ada" });
  });
});

describe("what fails", () => {
  test("a handler, even if an inner application answers its error: nothing is saved", async () => {
    const { app, send, calls } = application();
    const inner = new Hono<SessionEnv<App>>();
    inner.onError((_error, c) => c.text("fine", 200));
    inner.get("/", (c) => {
      c.get("session").user = "Ada";
      throw new Error("no");
    });
    app.route("/inner", inner);
    const { status, headers } = await send("/inner");
    assert.deepEqual([status, headers.getSetCookie()], [200, []]);
    assert.deepEqual(calls(), []);
  });

  test("saving: onError gets the error, and nothing of the handler's response is sent", async () => {
    const store = { ...memoryStore(), writeSession: () => Promise.reject(new Error("no connection")) };
    const { app, send, errors } = application({ store });
    let cancelled = false;
    app.get("/", (c) => {
      c.get("session").user = "Ada";
      c.header("access-control-allow-origin", "*");
      const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
      const digest = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:";
      const headers = {
        location: "/",
        "set-cookie": "own=1",
        "content-length": "100",
        "cache-control": "max-age=60",
        "content-digest": digest,
      };
      return c.newResponse(body, { status: 303, headers });
    });
    const { status, headers } = await send("/");
    assert.ok(errors[0] instanceof SessionStoreError);
    assert.equal(status, 503);
    assert.deepEqual(
      ["location", "set-cookie", "content-length", "cache-control", "content-digest"].map((name) => headers.get(name)),
      [null, null, null, null, null],
    );
    assert.deepEqual([headers.get("access-control-allow-origin"), headers.get("x-early")], ["*", "1"]);
    assert.equal(cancelled, true);
  });

  test("reading: onError gets the error", async () => {
    const store = { ...memoryStore(), readSession: () => Promise.reject(new Error("no connection")) };
    const { send, errors, jar } = application({ store });
    jar.take({ headers: { "set-cookie": "ring-session=abc" } });
    assert.equal((await send("/seen")).status, 503);
    assert.ok(errors[0] instanceof SessionStoreError);
  });

  test("a session that cannot be stored", async () => {
    const { app, send, errors } = application();
    app.get("/", (c) => {
      c.set("session", { when: new Date() } as App);
      return c.text("");
    });
    assert.equal((await send("/")).status, 503);
    assert.ok(errors[0] instanceof SessionDataError);
  });

  test("options, when the middleware is built", () => {
    const options: object = { sotre: memoryStore() };
    assert.throws(() => session(options), /did you mean "store"/);
  });
});

test("the cookie is Secure over https by default", async () => {
  const app = new Hono<SessionEnv<App>>();
  app.use(session<App>({ store: memoryStore() }));
  app.get("/", (c) => {
    c.get("session").user = "Ada";
    return c.text("");
  });
  assert.match((await app.request("https://localhost/")).headers.getSetCookie()[0] ?? "", /; Secure/);
  assert.doesNotMatch((await app.request("http://localhost/")).headers.getSetCookie()[0] ?? "", /; Secure/);
});

/** Checks types by being compiled. */
export function types(): void {
  const app = new Hono<SessionEnv<App, string> & { Bindings: { region: string } }>();
  app.use(session<App, string>());
  app.get("/", (c) => {
    const user: string | undefined = c.get("session").user;
    const flash: string | undefined = c.get("flash");
    c.set("session", null);
    c.set("session", { user: "Ada" });
    c.set("session", (current: App) => ({ ...current, visits: 1 }));
    c.set("sessionCookieAttrs", { maxAge: 60 });
    // @ts-expect-error there is no such key
    c.set("session", { usr: "Ada" });
    // @ts-expect-error a session is an object
    c.set("session", 3);
    // @ts-expect-error there is no such key
    void c.get("session").usr;
    // @ts-expect-error the type of the parameter must be written
    c.set("session", (current) => ({ ...current, visits: current.visits + 1 }));
    return c.text(`${user ?? ""} ${flash ?? ""} ${c.env.region}`);
  });
}
