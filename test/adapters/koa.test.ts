import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer as createHttp2Server } from "node:http2";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";

import Koa, { type DefaultState, type ParameterizedContext } from "koa";

import { session, type SessionDraft } from "../../src/adapters/koa.ts";
import { SessionDataError, SessionStoreError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";
import { listen } from "../support/listen.ts";
import { listening } from "./live.ts";

interface App {
  user?: string;
  visits?: number;
  when?: unknown;
}

type Context = ParameterizedContext<DefaultState, SessionDraft<App>>;
type Handle = (ctx: Context) => unknown;

function application(handle: Handle, store?: SessionStore, before?: Koa.Middleware) {
  const app = new Koa<DefaultState, SessionDraft<App>>();
  const errors: unknown[] = [];
  app.on("error", (error) => errors.push(error));
  if (before !== undefined) app.use(before);
  app.use(session<App>({ store: store ?? memoryStore() }));
  app.use((ctx) => (ctx.path === "/seen" ? void (ctx.body = ctx.session) : handle(ctx)));
  const callback = app.callback();
  return { errors, listener: (...[req, res]: Parameters<typeof callback>): void => void callback(req, res) };
}

/** Starts an application on a free port, and makes a browser for it. */
async function visiting(t: TestContext, handle: Handle, store?: SessionStore, before?: Koa.Middleware) {
  const { errors, listener } = application(handle, store, before);
  const { port } = await listening(t, listener);
  const jar = cookieJar();
  const get = async (path = "/") => {
    const cookie = jar.header();
    const headers = cookie === undefined ? {} : { cookie };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", headers });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  const seen = async (): Promise<unknown> => JSON.parse((await get("/seen")).body);
  return { get, seen, jar, errors };
}

function failing(operation: "readSession" | "writeSession"): SessionStore {
  return {
    ...memoryStore(),
    [operation]: () => {
      throw new Error("no connection");
    },
  };
}

describe("a session is saved before the head of a response", () => {
  const ways: Record<string, Handle> = {
    text: (ctx) => void (ctx.body = "hello"),
    "a stream": (ctx) => void (ctx.body = Readable.from(["hel", "lo"])),
    "a web stream": (ctx) => void (ctx.body = new Blob(["hello"]).stream()),
    "a Response": (ctx) => void (ctx.body = new Response("hello")),
    "flushHeaders and a stream": (ctx) => {
      const stream = new PassThrough();
      ctx.body = stream;
      ctx.flushHeaders();
      stream.end("hello");
    },
    "ctx.res, with respond = false": (ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200);
      ctx.res.end("hello");
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    test(name, async (t) => {
      const { get, seen, errors } = await visiting(t, (ctx) => {
        ctx.session.visits = 1;
        ctx.append("set-cookie", "own=1");
        ctx.vary("Accept");
        return way(ctx);
      });
      const { status, headers, body } = await get();
      assert.deepEqual([status, body, headers.get("vary")], [200, "hello", "Accept, Cookie"]);
      assert.deepEqual(
        headers.getSetCookie().map((line) => line.split("=")[0]),
        ["own", "ring-session"],
      );
      assert.deepEqual(await seen(), { visits: 1 });
      assert.deepEqual(errors, []);
    });
  }

  test("over HTTP/2", async (t) => {
    const { listener } = application((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1;
      ctx.body = `${ctx.session.visits}`;
    });
    const server = createHttp2Server(listener);
    const { url, close } = await listen(server);
    const client = connect(url);
    t.after(() => {
      client.close();
      close();
    });
    const get = async (cookie?: string) => {
      const stream = client.request(cookie === undefined ? {} : { cookie });
      const [headers] = (await once(stream, "response")) as [{ "set-cookie"?: string[] }];
      return { cookie: headers["set-cookie"]?.[0]?.split(";")[0], body: await text(stream) };
    };
    const { cookie } = await get();
    assert.equal((await get(cookie)).body, "2");
  });

  test("even if an outer middleware fails afterwards, whose error response has the cookie", async (t) => {
    const { get, seen } = await visiting(
      t,
      (ctx) => {
        ctx.session.visits = 1;
        ctx.body = "hello";
      },
      undefined,
      async (ctx, next) => {
        await next();
        if (ctx.path === "/") ctx.throw(500);
      },
    );
    assert.equal((await get()).status, 500);
    assert.deepEqual(await seen(), { visits: 1 });
  });
});

describe("a handler that throws saves nothing", () => {
  const handle: Handle = (ctx) => {
    ctx.session.visits = 1;
    ctx.throw(403, "not today");
  };
  test("with Koa's own error handling", async (t) => {
    const { get, seen, jar } = await visiting(t, handle);
    assert.equal((await get()).status, 403);
    assert.equal(jar.header(), undefined);
    assert.deepEqual(await seen(), {});
  });
  test("with an outer middleware that handles errors, whose own changes are saved", async (t) => {
    const { get, seen } = await visiting(t, handle, undefined, async (ctx: Koa.Context, next) => {
      try {
        await next();
      } catch {
        assert.deepEqual(ctx["session"], {});
        ctx["session"] = { user: "Ada" };
        ctx.redirect("/seen");
      }
    });
    assert.equal((await get()).status, 302);
    assert.deepEqual(await seen(), { user: "Ada" });
  });
});

describe("when the store fails", () => {
  const handle: Handle = (ctx) => {
    ctx.session.visits = (ctx.session.visits ?? 0) + 1;
    ctx.append("set-cookie", "own=1");
    ctx.redirect("/elsewhere");
  };
  for (const operation of ["readSession", "writeSession"] as const) {
    test(`${operation}: the answer is 503, with nothing of the handler's answer`, async (t) => {
      const { get, jar, errors } = await visiting(t, handle, failing(operation));
      if (operation === "readSession") jar.take({ headers: { "set-cookie": `ring-session=${"k".repeat(32)}` } });
      const { status, headers, body } = await get();
      assert.deepEqual([status, body], [503, "Service Unavailable"]);
      assert.deepEqual([headers.getSetCookie(), headers.get("location")], [[], null]);
      assert.equal(errors.length, 1);
      assert.ok(errors[0] instanceof SessionStoreError);
    });
  }
  test("an outer middleware can catch the error", async (t) => {
    const { get, errors } = await visiting(t, handle, failing("writeSession"), async (ctx, next) => {
      await next().catch((error: unknown) => {
        assert.ok(error instanceof SessionStoreError);
        ctx.status = 500;
        ctx.body = "sorry";
      });
    });
    assert.deepEqual([(await get()).body, errors], ["sorry", []]);
  });
  test("the answer is 503 even if a handler writes to ctx.res", async (t) => {
    const { get, errors } = await visiting(
      t,
      (ctx) => {
        ctx.session.visits = 1;
        ctx.respond = false;
        ctx.res.end("hello");
      },
      failing("writeSession"),
    );
    assert.equal((await get()).status, 503);
    assert.equal(errors.length, 1);
  });
  test("a session that cannot be stored is 500", async (t) => {
    const { get, errors } = await visiting(t, (ctx) => void (ctx.session.when = new Date()));
    const { status, headers } = await get();
    assert.deepEqual([status, headers.getSetCookie()], [500, []]);
    assert.ok(errors[0] instanceof SessionDataError);
  });
});

test("options are checked when the middleware is built", () => {
  assert.throws(() => session({ cookieName: "" }), TypeError);
});
