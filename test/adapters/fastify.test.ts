import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";

import fastifyCookie from "@fastify/cookie";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { session } from "../../src/adapters/fastify.ts";
import { SessionDataError, SessionStoreError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";

/** Starts an application on a free port, and makes a browser for it. */
async function visiting(
  t: TestContext,
  routes: (app: FastifyInstance) => unknown,
  { store = memoryStore(), ...options }: FastifyServerOptions & { store?: SessionStore } = {},
) {
  const app = fastify(options);
  await app.register(session({ store }));
  app.get("/seen", (request) => request.session);
  await routes(app);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  t.after(() => app.close());
  const jar = cookieJar();
  const get = async (path: string) => {
    const cookie = jar.header();
    const response = await fetch(`${url}${path}`, {
      redirect: "manual",
      headers: cookie === undefined ? {} : { cookie },
    });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  const seen = async (): Promise<unknown> => JSON.parse((await get("/seen")).body);
  return { app, get, seen, jar };
}

function failing(operation: "readSession" | "writeSession"): SessionStore {
  return {
    ...memoryStore(),
    [operation]: () => {
      throw new Error("no connection");
    },
  };
}

describe("a session is saved before the head of a reply", () => {
  const payloads: Record<string, () => unknown> = {
    text: () => "hello",
    "an object": () => ({ hello: true }),
    "a stream": () => Readable.from(["hel", "lo"]),
    "a web stream": () => new Blob(["hello"]).stream(),
    "a Response": () => new Response("hello", { headers: { vary: "Accept", "set-cookie": "own=1" } }),
    nothing: () => "",
  };
  for (const [name, payload] of Object.entries(payloads)) {
    test(name, async (t) => {
      const { get, seen } = await visiting(t, (app) =>
        app.get("/", (request, reply) => {
          request.session.visits = 1;
          return reply.send(payload());
        }),
      );
      const { status, headers } = await get("/");
      assert.equal(status, 200);
      assert.ok(headers.getSetCookie().some((line) => line.startsWith("ring-session=")));
      assert.equal(headers.get("vary"), name === "a Response" ? "Accept, Cookie" : "Cookie");
      assert.equal(headers.getSetCookie().length, name === "a Response" ? 2 : 1);
      assert.deepEqual(await seen(), { visits: 1 });
    });
  }

  test("from an inner plugin, from a hook, and from the not-found handler", async (t) => {
    const { get, seen } = await visiting(t, async (app) => {
      app.addHook("preHandler", async (request) => void (request.session.visits = (request.session.visits ?? 0) + 1));
      app.setNotFoundHandler((request, reply) => {
        request.session.user = "Ada";
        return reply.code(404).send("nothing here");
      });
      await app.register(async (inner) => inner.get("/inner", (request) => request.session));
    });
    assert.deepEqual(JSON.parse((await get("/inner")).body), { visits: 1 });
    assert.equal((await get("/nowhere")).status, 404);
    assert.deepEqual(await seen(), { visits: 3, user: "Ada" });
  });

  test("over HTTP/2", async (t) => {
    const app = fastify({ http2: true });
    await app.register(session());
    app.get("/", (request) => {
      request.session.visits = (request.session.visits ?? 0) + 1;
      return request.session;
    });
    const client = connect(await app.listen({ port: 0, host: "127.0.0.1" }));
    t.after(() => {
      client.close();
      return app.close();
    });
    const get = async (cookie?: string) => {
      const stream = client.request(cookie === undefined ? {} : { cookie });
      const [headers] = (await once(stream, "response")) as [{ "set-cookie"?: string[] }];
      return { cookie: headers["set-cookie"]?.[0]?.split(";")[0], body: await text(stream) };
    };
    const { cookie } = await get();
    assert.equal((await get(cookie)).body, '{"visits":2}');
  });

  test("with inject, and the cookies that the application sets directly", async () => {
    const app = fastify();
    await app.register(session());
    app.get("/", (request, reply) => {
      request.session.visits = 1;
      reply.raw.setHeader("set-cookie", "a=1");
      return reply.header("cache-control", "private").header("vary", "Accept").send("hello");
    });
    const { headers, cookies } = await app.inject("/");
    assert.deepEqual(cookies.map(({ name }) => name).toSorted(), ["a", "ring-session"]);
    assert.deepEqual([headers["cache-control"], headers.vary], ["private", "Accept, Cookie"]);
  });

  for (const order of ["before", "after"]) {
    test(`with cookies of @fastify/cookie, registered ${order}`, async () => {
      const app = fastify();
      if (order === "before") await app.register(fastifyCookie);
      await app.register(session());
      if (order === "after") await app.register(fastifyCookie);
      app.get("/", (request, reply) => {
        request.session.visits = 1;
        return reply.setCookie("a", "1").setCookie("b", "2").send("hello");
      });
      const { cookies } = await app.inject("/");
      assert.deepEqual(cookies.map(({ name }) => name).toSorted(), ["a", "b", "ring-session"]);
    });
  }

  test("for a hundred requests at once", async (t) => {
    const { get, seen } = await visiting(t, (app) =>
      app.get("/", (request, reply) => {
        request.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
        return reply.redirect("/seen");
      }),
    );
    await get("/");
    await Promise.all(Array.from({ length: 100 }, () => get("/")));
    assert.deepEqual(await seen(), { visits: 101 });
  });

  test("that a handler has hijacked", async (t) => {
    const { get, seen } = await visiting(t, (app) => {
      app.get("/", (request, reply) => {
        request.session.visits = 7;
        reply.hijack();
        reply.raw.writeHead(201, { "content-type": "text/plain" });
        reply.raw.write("hel");
        reply.raw.end("lo");
      });
    });
    const { status, body } = await get("/");
    assert.deepEqual([status, body], [201, "hello"]);
    assert.deepEqual(await seen(), { visits: 7 });
  });
});

describe("a handler that fails saves nothing", () => {
  const routes = (app: FastifyInstance) => {
    app.get("/throws", (request) => {
      request.session.visits = 1;
      throw new Error("no");
    });
    app.get("/sends", (request, reply) => {
      request.session.visits = 1;
      return reply.send(new Error("no"));
    });
  };
  test("with Fastify's own error handler", async (t) => {
    const { get, seen, jar } = await visiting(t, routes);
    for (const path of ["/throws", "/sends"]) assert.equal((await get(path)).status, 500);
    assert.equal(jar.header(), undefined);
    assert.deepEqual(await seen(), {});
  });
  test("with an answer of 500 or above", async (t) => {
    const { get, seen, jar } = await visiting(t, (app) => {
      app.get("/answers", (request, reply) => {
        request.session.visits = 1;
        return reply.code(503).send("later");
      });
      app.get("/response", (request, reply) => {
        request.session.visits = 1;
        return reply.send(new Response("later", { status: 503 }));
      });
    });
    for (const path of ["/answers", "/response"]) assert.equal((await get(path)).status, 503);
    assert.equal(jar.header(), undefined);
    assert.deepEqual(await seen(), {});
  });
  test("but the changes of an error handler are saved, with any status", async (t) => {
    const { get, seen } = await visiting(t, (app) => {
      app.setErrorHandler((_error, request, reply) => {
        request.session.user = "Ada";
        return reply.code(500).send("sorry");
      });
      routes(app);
    });
    assert.equal((await get("/throws")).status, 500);
    assert.deepEqual(await seen(), { user: "Ada" });
  });
  test("with the application's error handler, whose own changes are saved", async (t) => {
    const { get, seen } = await visiting(t, (app) => {
      app.setErrorHandler((_error, request, reply) => {
        assert.deepEqual(request.session, {});
        request.session.user = "Ada";
        return reply.redirect("/seen");
      });
      routes(app);
    });
    assert.equal((await get("/throws")).status, 302);
    assert.deepEqual(await seen(), { user: "Ada" });
  });
});

describe("when the store fails", () => {
  const routes = (app: FastifyInstance) => {
    app.get("/read", (request) => request.session);
    app.get("/save", (request, reply) => {
      request.session.visits = 1;
      return reply.header("set-cookie", "own=1").header("x-own", "1").redirect("/elsewhere");
    });
    app.get("/hijack", (request, reply) => {
      request.session.visits = 1;
      reply.hijack();
      reply.raw.end("hello");
    });
  };
  for (const [path, operation] of Object.entries({ "/read": "readSession", "/save": "writeSession" } as const)) {
    test(`${path}: the answer is 503, without the cookies and the redirect of the handler's answer`, async (t) => {
      const { get, jar } = await visiting(t, routes, { store: failing(operation) });
      jar.take({ headers: { "set-cookie": `ring-session=${"k".repeat(32)}` } });
      const { status, headers, body } = await get(path);
      assert.deepEqual([status, headers.getSetCookie(), headers.get("location")], [503, [], null]);
      assert.equal(headers.get("x-own"), path === "/save" ? "1" : null);
      assert.match(body, /ERR_SESSION_STORE/);
    });
    test(`${path}: an error handler gets the error once, and need not set the status`, async (t) => {
      const errors: unknown[] = [];
      const { get, jar } = await visiting(
        t,
        (app) => {
          app.setErrorHandler((error, _request, reply) => {
            errors.push(error);
            return reply.send("sorry");
          });
          routes(app);
        },
        { store: failing(operation) },
      );
      jar.take({ headers: { "set-cookie": `ring-session=${"k".repeat(32)}` } });
      const { status, body } = await get(path);
      assert.deepEqual([status, body, errors.length], [503, "sorry", 1]);
      assert.ok(errors[0] instanceof SessionStoreError);
      assert.deepEqual(Reflect.get(errors[0], "statusCode"), 503);
    });
  }
  test("a stream that was the body is destroyed", async (t) => {
    const stream = Readable.from(["hello"]);
    const { get } = await visiting(
      t,
      (app) =>
        app.get("/", (request, reply) => {
          request.session.visits = 1;
          return reply.header("content-encoding", "br").send(stream);
        }),
      { store: failing("writeSession") },
    );
    const { status, headers } = await get("/");
    assert.deepEqual([status, headers.get("content-encoding"), stream.destroyed], [503, null, true]);
  });
  /** Fields of a representation that are not the error's, and one that is everybody's. */
  const described = {
    "content-language": "de",
    "content-location": "/de",
    "content-digest": "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
    etag: '"1"',
    "x-own": "1",
  };
  const left = (headers: Headers): readonly (string | null)[] =>
    Object.keys(described).map((name) => headers.get(name));
  test("nothing of the reply that was ready describes the error", async (t) => {
    const { get } = await visiting(
      t,
      (app) =>
        app.get("/", (request, reply) => {
          request.session.visits = 1;
          return reply.headers({ ...described, trailer: "x-end", "transfer-encoding": "chunked" }).send("hello");
        }),
      { store: failing("writeSession") },
    );
    const { status, headers, body } = await get("/");
    assert.deepEqual([status, left(headers)], [503, [null, null, null, null, "1"]]);
    assert.deepEqual([headers.get("trailer"), headers.get("transfer-encoding")], [null, null]);
    assert.match(body, /ERR_SESSION_STORE/);
  });
  test("nor does what was written to a hijacked reply, and its length is that of nothing", async (t) => {
    const { get } = await visiting(
      t,
      (app) =>
        app.get("/", (request, reply) => {
          request.session.visits = 1;
          reply.hijack();
          reply.raw.setHeader("set-cookie", "own=1");
          reply.raw.writeHead(200, { ...described, "content-type": "text/html", "content-length": 5 });
          reply.raw.end("hello");
        }),
      { store: failing("writeSession") },
    );
    const { status, headers, body } = await get("/");
    assert.deepEqual([status, left(headers), body], [503, [null, null, null, null, "1"], ""]);
    assert.deepEqual([headers.getSetCookie(), headers.get("content-type")], [[], null]);
  });
  test("a hijacked reply is 503", async (t) => {
    const { get } = await visiting(t, routes, { store: failing("writeSession") });
    assert.deepEqual([(await get("/hijack")).status, (await get("/hijack")).body], [503, ""]);
  });
  test("a session that cannot be stored is 500", async (t) => {
    const errors: unknown[] = [];
    const { get } = await visiting(t, (app) => {
      app.addHook("onError", async (_request, _reply, error) => void errors.push(error));
      app.get("/", (request) => {
        Object.assign(request.session, { when: new Date() });
        return "hello";
      });
    });
    const { status, headers } = await get("/");
    assert.deepEqual([status, headers.getSetCookie()], [500, []]);
    assert.ok(errors[0] instanceof SessionDataError);
  });
});

describe("misuse", () => {
  test("options are checked when the plugin is built", () => {
    assert.throws(() => session({ cookieName: "" }), TypeError);
  });
  test("a second registration is refused with a reason", async () => {
    const app = fastify();
    await app.register(session());
    await assert.rejects(async () => app.register(session()), /already/);
  });
  test("a hook that runs before the session is opened gets an error that says so", async () => {
    const app = fastify();
    app.addHook("onRequest", async (request) => void request.session);
    await app.register(session());
    app.get("/", () => "hello");
    assert.match((await app.inject("/")).body, /request\.session is not there yet; register session\(\) before/);
  });
});
