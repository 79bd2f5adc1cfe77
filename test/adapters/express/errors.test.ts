import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import connect from "connect";
import express from "express";
import express4 from "express4";

import { discardChanges, discardOnError, type Next, session } from "../../../src/adapters/express.ts";
import { SessionDataError, SessionStoreError } from "../../../src/errors.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { cookieJar } from "../../../src/testing/testing.ts";
import type { SessionStore } from "../../../src/types.ts";
import { type Act, type App, hosts, LATER, site } from "./hosts.ts";
import { listening } from "../live.ts";

const broken = new Error("connection lost");

const ways: Readonly<Record<string, () => never | Promise<never>>> = {
  "at once": () => {
    throw broken;
  },
  later: () => wait(2).then(() => Promise.reject(broken)),
};

for (const host of Object.keys(hosts)) {
  for (const [way, fail] of Object.entries(ways)) {
    describe(`${host}: a store that fails ${way}`, () => {
      const failing = (name: keyof SessionStore): SessionStore => ({ ...memoryStore(), [name]: fail });

      test("to read: the handler is not called, and the error handler gets the error, with 503", async (t) => {
        const sessions = session<App, string>({ store: failing("readSession") });
        const { visitor, errors } = await site(t, host, sessions);
        const jar = cookieJar();
        jar.take({ headers: { "set-cookie": "ring-session=an-old-key-of-somebody-0123456789" } });
        let called = false;
        const { status, body } = await visitor(jar)(() => void (called = true));
        assert.deepEqual([status, body, called], [503, "an error", false]);
        assert.ok(errors[0] instanceof SessionStoreError);
      });

      const answers: Readonly<Record<string, Act>> = {
        end: (_, response) => response.end("hello"),
        writeHead: (_, response) => response.writeHead(302, "Gone there", { location: "/secret" }).end(),
        write: (_, response) => (response.write("hel"), response.end("lo")),
        "a stream": (_, response) => (Readable.from(["hel", "lo"]).pipe(response), LATER),
      };
      test("to save: nothing of the answer is sent but headers set before session()", async (t) => {
        const sessions = session<App, string>({ store: failing("writeSession") });
        const { visitor, errors } = await site(t, host, sessions, {
          before: [(_request, response, next) => (response.setHeader("x-before", "1"), next())],
        });
        for (const [name, answer] of Object.entries(answers)) {
          const { status, statusText, body, headers } = await visitor()((draft, response, ...rest) => {
            response.setHeader("etag", '"1"');
            response.setHeader("set-cookie", "a=1");
            if (host !== "node:http2") response.statusMessage = "Fine";
            draft.session.n = 1;
            return answer(draft, response, ...rest);
          });
          assert.deepEqual([name, status, body, headers["x-before"]], [name, 503, "an error", "1"]);
          assert.ok(statusText === undefined || statusText === "Service Unavailable");
          for (const field of ["etag", "location"]) assert.equal(headers[field], undefined);
          assert.deepEqual(headers["set-cookie"] ?? [], []);
          assert.ok(errors.pop() instanceof SessionStoreError);
        }
      });

      test("to save: writes of the handler after the error was answered are dropped", async (t) => {
        const { visitor, errors } = await site(t, host, session<App, string>({ store: failing("writeSession") }));
        const { status, body } = await visitor()(({ session }, response) => {
          session.n = 1;
          response.write("a");
          setTimeout(() => {
            response.write("b");
            response.end("c");
          }, 6);
          return LATER;
        });
        await wait(10);
        assert.deepEqual([status, body, errors.length], [503, "an error", 1]);
      });
    });
  }

  test(`${host}: a session that cannot be stored is an error, with 500`, async (t) => {
    const { visitor, errors } = await site(t, host, session<App, string>({ store: memoryStore() }));
    const { status } = await visitor()(({ session }) => void (session.when = new Date()));
    assert.equal(status, 500);
    assert.ok(errors[0] instanceof SessionDataError);
  });

  test(`${host}: an answer that Node refuses is an error, even if it is refused later`, async (t) => {
    const slow: SessionStore = { ...memoryStore(), writeSession: () => wait(2).then(() => "a-key") };
    const { visitor, errors } = await site(t, host, session<App, string>({ store: slow }));
    const { status } = await visitor()(({ session }, response) => {
      session.n = 1;
      response.end(Symbol("no octets") as unknown as string);
      return LATER;
    });
    // HTTP/2 sends the head before it checks the body.
    assert.deepEqual([status, errors.length], [host === "node:http2" ? 200 : 500, 1]);
  });
}

describe("a plain callback without an error parameter", () => {
  for (const [way, fail] of Object.entries(ways)) {
    test(`is called once, or not at all if the read fails ${way}: 503`, async (t) => {
      for (const name of ["readSession", "writeSession"] as const) {
        let calls = 0;
        const sessions = session<App>({ store: { ...memoryStore(), [name]: fail } });
        const { port } = await listening(t, (request, response) => {
          sessions(request, response, () => {
            calls++;
            sessions.of(request).session.n = 1;
            response.setHeader("etag", '"1"').end("hello");
          });
        });
        const headers = { cookie: "ring-session=an-old-key-of-somebody-0123456789" };
        const response = await fetch(`http://127.0.0.1:${port}`, name === "readSession" ? { headers } : {});
        assert.deepEqual([response.status, await response.text()], [503, "Service Unavailable"]);
        assert.deepEqual([response.headers.get("etag"), calls], [null, name === "readSession" ? 0 : 1]);
      }
    });
  }
});

for (const [name, make] of Object.entries({ "Express 5": express, "Express 4": express4 })) {
  describe(`${name}'s handling of errors`, () => {
    const serve = async (t: TestContext, build: (app: express.Express) => void): Promise<ReturnType<typeof asking>> => {
      const app = make();
      app.set("env", "test");
      build(app);
      const { port } = await listening(t, app);
      return asking(port);
    };
    const failWith =
      (status: number): express.RequestHandler =>
      (req) => {
        req.session.visits = 1;
        req.flash = "from the handler";
        throw Object.assign(new Error("no"), { status });
      };
    const show: express.RequestHandler = (req, res) => void res.json([req.session, req.flash]);

    test("answers 503 by default if the store fails", async (t) => {
      const ask = await serve(t, (app) => {
        app.use(session({ store: { ...memoryStore(), writeSession: ways["later"] as never } }));
        app.get("/", (req, res) => {
          req.session.visits = 1;
          res.redirect("/elsewhere");
        });
      });
      const response = await ask("/");
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("location"), null);
    });

    test("gets the error even through a next that does not declare its error parameter", async (t) => {
      const sessions = session<App>({ store: { ...memoryStore(), writeSession: ways["at once"] as never } });
      const errors: unknown[] = [];
      const ask = await serve(t, (app) => {
        app.use((req, res, next) => sessions(req, res, (...args: unknown[]) => Reflect.apply(next, undefined, args)));
        app.get("/", (req, res) => {
          req.session.visits = 1;
          res.send("hello");
        });
        app.use((error: unknown, _req: express.Request, res: express.Response, _next: Next) => {
          errors.push(error);
          res.send("an error");
        });
      });
      assert.equal((await ask("/")).status, 503);
      assert.ok(errors[0] instanceof SessionStoreError);
    });

    test("without discardOnError: an error of status 500 saves nothing, one of 403 saves the changes", async (t) => {
      const ask = await serve(t, (app) => {
        app.use(session({ store: memoryStore() }));
        app.get("/500", failWith(500));
        app.get("/403", failWith(403));
        app.get("/", show);
      });
      assert.equal((await ask("/500")).status, 500);
      assert.deepEqual(await (await ask("/")).json(), [{}, null]);
      assert.equal((await ask("/403")).status, 403);
      assert.deepEqual(await (await ask("/")).json(), [{ visits: 1 }, "from the handler"]);
    });

    test("with discardOnError: no error saves anything, but changes by error handlers are saved", async (t) => {
      const ask = await serve(t, (app) => {
        app.use(session({ store: memoryStore() }));
        app.get("/403", failWith(403));
        app.get("/418", failWith(418));
        app.get("/", show);
        app.use(discardOnError);
        app.use((error: { status: number }, req: express.Request, res: express.Response, next: Next) => {
          if (error.status !== 418) return next(error);
          req.flash = "from the handler of errors";
          return res.redirect(303, "/");
        });
      });
      assert.equal((await ask("/403")).headers.get("set-cookie"), null);
      assert.equal((await ask("/418")).status, 303);
      assert.deepEqual(await (await ask("/")).json(), [{}, "from the handler of errors"]);
    });

    test("with discardOnError in a router: no error saves anything", async (t) => {
      const ask = await serve(t, (app) => {
        const router = make.Router();
        router.use(session({ store: memoryStore() }));
        router.get("/403", failWith(403));
        router.get("/", show);
        router.use(discardOnError);
        app.use("/shop", router);
      });
      assert.equal((await ask("/shop/403")).status, 403);
      assert.deepEqual(await (await ask("/shop")).json(), [{}, null]);
    });

    test("gets an error that is thrown after the answer: the changes before it are saved", async (t) => {
      const ask = await serve(t, (app) => {
        app.use(session({ store: memoryStore() }));
        app.get("/late", (req, res) => {
          req.session.visits = 1;
          res.send("hello");
          throw new Error("late");
        });
        app.get("/", show);
        app.use(discardOnError);
        app.use((_error: unknown, _req: express.Request, _res: express.Response, _next: Next) => undefined);
      });
      assert.equal(await (await ask("/late")).text(), "hello");
      assert.deepEqual(await (await ask("/")).json(), [{ visits: 1 }, null]);
    });
  });
}

test("Express 5: a handler whose promise rejects saves nothing", async (t) => {
  const app = express().set("env", "test");
  app.use(session({ store: memoryStore() }));
  app.get("/", (req) => {
    req.session.visits = 1;
    return wait(1).then(() => Promise.reject(new Error("no")));
  });
  const { port } = await listening(t, app);
  const response = await fetch(`http://127.0.0.1:${port}`);
  assert.deepEqual([response.status, response.headers.get("set-cookie")], [500, null]);
});

test("discardChanges drops the changes so far; without a session it does nothing", async (t) => {
  discardChanges({});
  const { visitor } = await site(t, "Express 5", session<App, string>({ store: memoryStore() }));
  const send = visitor();
  await send((draft, _response, _next, request) => {
    draft.session.n = 1;
    draft.sessionRecreate = true;
    discardChanges(request);
    draft.session.user = "Ada";
  });
  assert.equal((await send(({ session }) => JSON.stringify(session))).body, '{"user":"Ada"}');
});

describe("mounted twice", () => {
  test("the same middleware works once", async (t) => {
    const sessions = session<App, string>({ store: memoryStore() });
    const { visitor } = await site(t, "Express 5", sessions, { after: [sessions] });
    const send = visitor();
    const { headers } = await send(({ session }) => void (session.n = 1));
    assert.equal([headers["set-cookie"]].flat().length, 1);
    assert.equal((await send(({ session }) => String(session.n))).body, "1");
  });

  test("two middlewares with the same cookie are an error that says so", async (t) => {
    const sessions = session<App, string>({ store: memoryStore() });
    const { visitor, errors } = await site(t, "Connect", sessions, { after: [session({ store: memoryStore() })] });
    assert.equal((await visitor()()).status, 500);
    assert.match(String(errors[0]), /^TypeError: session: .*"ring-session" already; .*cookieName$/);
  });

  test("two with different cookies are two sessions: the request has the inner one, `of` gives each", async (t) => {
    const outer = session<{ n?: number }>({ store: memoryStore() });
    const inner = session<{ user?: string }>({ store: memoryStore(), cookieName: "inner" });
    const app = connect();
    app.use(outer);
    app.use(inner);
    app.use((request, response: ServerResponse) => {
      outer.of(request).session.n = (outer.of(request).session.n ?? 0) + 1;
      inner.of(request).session.user ??= "Ada";
      assert.equal(Reflect.get(request, "session"), inner.of(request).session);
      response.end(JSON.stringify([outer.of(request).session, inner.of(request).session]));
    });
    const { port } = await listening(t, app);
    const ask = asking(port);
    assert.deepEqual(await (await ask("/")).json(), [{ n: 1 }, { user: "Ada" }]);
    assert.deepEqual(await (await ask("/")).json(), [{ n: 2 }, { user: "Ada" }]);
  });

  test("`of` says that a request has not come through the middleware", () => {
    assert.throws(
      () => session().of({}),
      /TypeError: session: the request has not come through this middleware; mount it/,
    );
  });
});

test("wrong options throw when the middleware is built", () => {
  assert.throws(() => session({ cookieNam: "a" } as object), /unknown option "cookieNam"; did you mean "cookieName"\?/);
});

/** Makes a browser for the server on a port. */
function asking(port: number): (path: string) => Promise<Response> {
  const jar = cookieJar();
  return async (path) => {
    const cookie = jar.header();
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: "manual",
      ...(cookie !== undefined && { headers: { cookie } }),
    });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return response;
  };
}
