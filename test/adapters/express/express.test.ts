import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { buffer } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import express from "express";
import express4 from "express4";

import { type Next, type NodeRequest, type NodeResponse, session } from "../../../src/adapters/express.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { adapterLaws, cookieJar } from "../../../src/testing/testing.ts";
import type { SessionStore } from "../../../src/types.ts";
import { type Act, type App, type Draft, hosts, LATER, type Site, site } from "./hosts.ts";
import { deferred, listening } from "../live.ts";

/** Makes a store whose calls take two milliseconds. */
function slowStore(): SessionStore {
  const { readSession, writeSession, updateSession, deleteSession } = memoryStore();
  return {
    readSession: async (...args) => (await wait(2), readSession(...args)),
    writeSession: async (...args) => (await wait(2), writeSession(...args)),
    updateSession: async (...args: Parameters<typeof updateSession>) => (await wait(2), updateSession(...args)),
    deleteSession: async (...args) => (await wait(2), deleteSession(...args)),
  } as SessionStore;
}

const stores: Readonly<Record<string, () => SessionStore>> = { memory: memoryStore, "slow store": slowStore };

/** Returns the session of a browser. */
async function held(send: ReturnType<Site["visitor"]>): Promise<App> {
  return JSON.parse((await send(({ session }) => JSON.stringify(session))).body) as App;
}

for (const host of Object.keys(hosts)) {
  for (const [storeName, makeStore] of Object.entries(stores)) {
    describe(`${host}, ${storeName}`, () => {
      const open = (t: TestContext): Promise<Site> => site(t, host, session<App, string>({ store: makeStore() }));

      test("a session is changed, logged in, shown a flash and logged out", async (t) => {
        const send = (await open(t)).visitor();
        assert.deepEqual((await send()).headers["set-cookie"] ?? [], []);
        await send(({ session }) => void (session.cart = { items: ["a"] }));
        await send(({ session }) => void session.cart?.items.push("b"));
        const keys: (string | undefined)[] = [];
        await send((draft) => {
          keys.push(draft.sessionKey);
          draft.session.user = "Ada";
          draft.sessionRecreate = true;
          draft.flash = "Welcome";
        });
        const { body } = await send((draft) => (keys.push(draft.sessionKey), draft.flash));
        assert.equal(body, "Welcome");
        assert.notEqual(keys[0], keys[1]);
        assert.equal((await send((draft) => draft.flash ?? "none")).body, "none");
        assert.deepEqual(await held(send), { user: "Ada", cart: { items: ["a", "b"] } });
        await send((draft) => void (draft.session = null));
        assert.equal((await send((draft) => String(draft.sessionKey))).body, "undefined");
      });

      const ways: Readonly<Record<string, Act>> = {
        end: (_, response) => response.end("hello"),
        "writeHead and end": (_, response) => response.writeHead(201, { "x-own": "1" }).end("hello"),
        "write and end": (_, response) => (response.write("hel"), response.end("lo")),
        "flushHeaders, later the rest": (_, response) => {
          response.flushHeaders();
          setTimeout(() => response.end("hello"), 5);
          return LATER;
        },
        "a stream": (_, response) => (Readable.from(["hel", "lo"]).pipe(response), LATER),
        "a pipeline": (_, response) => (void pipeline(Readable.from(["hel", "lo"]), response), LATER),
      };
      test("a session is saved before the head is sent, in every way to write it", async (t) => {
        const { visitor } = await open(t);
        for (const [way, act] of Object.entries(ways)) {
          const send = visitor();
          const { status, body } = await send((draft, ...rest) => {
            draft.session.n = 1;
            return act(draft, ...rest);
          });
          assert.deepEqual([way, status, body], [way, way.startsWith("writeHead") ? 201 : 200, "hello"]);
          assert.deepEqual(await held(send), { n: 1 }, way);
        }
      });

      test("a session is saved with no body too: HEAD, 204, 304, a redirect", async (t) => {
        const { visitor } = await open(t);
        for (const [method, status] of [
          ["HEAD", 200],
          ["GET", 204],
          ["GET", 304],
          ["POST", 303],
        ] as const) {
          const send = visitor();
          const answer = await send((draft, response) => {
            draft.session.n = status;
            response.writeHead(status, { location: "/" }).end();
          }, method);
          assert.deepEqual([answer.status, answer.body], [status, ""]);
          assert.deepEqual(await held(send), { n: status });
        }
      });

      test("the application's cookies, Vary and Cache-Control are kept", async (t) => {
        const send = (await open(t)).visitor();
        const own = { "set-cookie": ["a=1", "b=2"], vary: "Accept", "cache-control": "private" };
        const list = ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "Vary", "Accept", "Cache-Control", "private"];
        const heads: readonly Act[] = [
          (_, response) => response.writeHead(200, own).end(),
          (_, response) => response.writeHead(200, list).end(),
          (_, response) => {
            for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
          },
        ];
        for (const head of heads) {
          const { headers } = await send((draft, ...rest) => {
            draft.sessionRecreate = true;
            draft.session.n = 1;
            return head(draft, ...rest);
          });
          const cookies = [headers["set-cookie"]].flat().map((line) => line?.split(/[=;]/)[0]);
          assert.deepEqual(cookies, ["a", "b", "ring-session"]);
          assert.deepEqual([headers["vary"], headers["cache-control"]], ["Accept, Cookie", "private"]);
        }
        const { headers } = await send((draft) => void (draft.sessionRecreate = true));
        assert.deepEqual([headers["vary"], headers["cache-control"]], ["Cookie", "no-store"]);
      });

      test("a hundred requests at once all count", async (t) => {
        const { visitor } = await open(t);
        const jar = cookieJar();
        const send = visitor(jar);
        await send(({ session }) => void (session.user = "Ada"));
        const add: Act = (draft) => void (draft.session = (current) => ({ ...current, n: (current.n ?? 0) + 1 }));
        await Promise.all(Array.from({ length: 100 }, () => send(add)));
        assert.deepEqual(await held(send), { user: "Ada", n: 100 });
      });

      test("nothing is saved with a status of 500 or above", async (t) => {
        const send = (await open(t)).visitor();
        await send(({ session }) => void (session.n = 1));
        const answer = await send(({ session }, response) => {
          session.n = 2;
          response.statusCode = 502;
        });
        assert.equal(answer.status, 502);
        assert.deepEqual(answer.headers["set-cookie"] ?? [], []);
        assert.deepEqual(await held(send), { n: 1 });
      });

      test("changes before an error are not saved, and a flash is not used up", async (t) => {
        const { visitor, errors } = await open(t);
        const send = visitor();
        await send((draft) => void ((draft.session.n = 1), (draft.flash = "later")));
        for (const status of [500, host.startsWith("node:") ? 501 : 403]) {
          const error = Object.assign(new Error("no"), { status });
          const answer = await send((draft, _, next) => {
            draft.session = { n: 2 };
            draft.sessionRecreate = true;
            assert.equal(draft.flash, "later");
            next(error);
            return LATER;
          });
          assert.deepEqual([answer.status, answer.body, errors.pop()], [status, "an error", error]);
          assert.deepEqual(answer.headers["set-cookie"] ?? [], []);
        }
        assert.deepEqual(await held(send), { n: 1 });
        assert.equal((await send((draft) => draft.flash)).body, "later");
      });
    });
  }

  test(`${host}: a session can be read even if the head was sent before`, async (t) => {
    const early = (_request: NodeRequest, response: NodeResponse, next: Next): void => {
      (response as ServerResponse).writeHead(200).write("early ");
      next();
    };
    const sessions = session<App, string>({ store: memoryStore() });
    const { visitor } = await site(t, host, sessions, { before: [early] });
    const { body } = await visitor()(({ session }, response) => {
      session.n = 1;
      response.end("hello");
      return LATER;
    });
    assert.equal(body, "early hello");
  });

  test(`${host}: a client that leaves breaks nothing`, async (t) => {
    if (host === "node:http2") return;
    for (const makeStore of Object.values(stores)) {
      const arrived = deferred();
      const left = deferred();
      const done = deferred();
      const { port, route, visitor, errors } = await site(t, host, session<App, string>({ store: makeStore() }));
      const path = route(async (draft, response) => {
        response.on("close", () => left.resolve());
        draft.session.n = 1;
        arrived.resolve();
        await left.promise;
        response.write("hel");
        response.end("lo");
        setTimeout(done.resolve, 20);
      });
      const request = get({ port, path, host: "127.0.0.1" });
      request.on("error", () => undefined);
      await arrived.promise;
      request.destroy();
      await done.promise;
      assert.deepEqual([(await visitor()()).status, errors], [200, []]);
    }
  });
}

test("http2: a client that resets its stream breaks nothing", async (t) => {
  const { connect } = await import("node:http2");
  const arrived = deferred();
  const left = deferred();
  const done = deferred();
  const sessions = session<App, string>({ store: slowStore() });
  const { port, route, visitor, errors } = await site(t, "node:http2", sessions);
  const path = route(async (draft: Draft, response) => {
    response.on("close", () => left.resolve());
    draft.session.n = 1;
    arrived.resolve();
    await left.promise;
    response.write("hel");
    response.end("lo");
    setTimeout(done.resolve, 20);
  });
  const client = connect(`http://127.0.0.1:${port}`);
  const stream = client.request({ ":path": path });
  stream.on("error", () => undefined);
  await arrived.promise;
  stream.close(8);
  await done.promise;
  client.destroy();
  assert.deepEqual([(await visitor()()).status, errors], [200, []]);
});

for (const [name, make] of [
  ["Express 5", express],
  ["Express 4", express4],
] as const) {
  describe(`${name}'s own functions to answer`, () => {
    const answered = async (
      t: TestContext,
      handler: express.RequestHandler,
      headers: Record<string, string> = {},
      settings: Record<string, unknown> = {},
    ): Promise<Response> => {
      const app = make();
      for (const [setting, value] of Object.entries(settings)) app.set(setting, value);
      app.use(session<App>({ store: slowStore() }));
      app.use((req, res, next) => {
        req.session.visits = 1;
        handler(req, res, next);
      });
      const { port } = await listening(t, app);
      return fetch(`http://127.0.0.1:${port}/`, { redirect: "manual", headers });
    };
    const ways: Readonly<Record<string, readonly [express.RequestHandler, number, RegExp]>> = {
      json: [(_req, res) => void res.json({ a: 1 }), 200, /^\{"a":1\}$/],
      send: [(_req, res) => void res.send("<p>hello"), 200, /^<p>hello$/],
      redirect: [(_req, res) => res.redirect("/elsewhere"), 302, /./],
      sendStatus: [(_req, res) => void res.sendStatus(202), 202, /^Accepted$/],
      sendFile: [(_req, res) => res.sendFile("package.json", { root: "." }), 200, /"name": "ringlet"/],
      download: [(_req, res) => res.download("package.json", "own.json", { root: "." }), 200, /"name": "ringlet"/],
      "nothing: the 404 of Express": [(_req, _res, next) => next(), 404, /Cannot GET/],
    };
    for (const [way, [handler, status, body]] of Object.entries(ways)) {
      test(way, async (t) => {
        const response = await answered(t, handler);
        assert.equal(response.status, status);
        assert.match(await response.text(), body);
        assert.match(response.headers.get("set-cookie") ?? "", /^ring-session=/);
      });
    }

    test("a 304 for a cached page has the cookie", async (t) => {
      const tagged: express.RequestHandler = (req, res) => {
        // fetch sends cache-control with a conditional request, and then Express sends no 304.
        delete req.headers["cache-control"];
        res.set("etag", '"1"').send("hello");
      };
      const response = await answered(t, tagged, { "if-none-match": '"1"' });
      assert.equal(response.status, 304);
      assert.match(response.headers.get("set-cookie") ?? "", /^ring-session=/);
    });

    test("the cookie is Secure if Express trusts a proxy that says https", async (t) => {
      const headers = { "x-forwarded-proto": "https" };
      const handler: express.RequestHandler = (_req, res) => void res.send("hello");
      const trusted = await answered(t, handler, headers, { "trust proxy": true });
      assert.match(trusted.headers.get("set-cookie") ?? "", /; Secure/);
      const untrusted = await answered(t, handler, headers);
      assert.doesNotMatch(untrusted.headers.get("set-cookie") ?? "", /; Secure/);
    });
  });

  test(`${name} keeps adapterLaws`, async (t) => {
    for (const { name: law, check } of adapterLaws) {
      await t.test(law, async () => {
        await check(async ({ options, answer }) => {
          const app = make();
          const sessions = session(options);
          app.use(sessions);
          app.all("/", (req, res, next) => {
            answer({ url: req.originalUrl }, sessions.of(req))
              .then(async (wanted) => {
                res.status(wanted.status).set(wanted.headers);
                if (wanted.redirect !== undefined) return res.redirect(wanted.status, wanted.redirect);
                if (wanted.body instanceof ReadableStream) return pipeline(Readable.fromWeb(wanted.body), res);
                return res.end(wanted.body ?? undefined);
              })
              .catch(next);
          });
          app.use((error: { status?: number }, _req: express.Request, res: express.Response, _next: Next) => {
            res.status(error.status ?? 500).send("an error");
          });
          const server = app.listen(0, "127.0.0.1");
          await once(server, "listening");
          const address = server.address();
          const port = typeof address === "object" ? address?.port : 0;
          return {
            url: `http://127.0.0.1:${port}`,
            close() {
              server.close();
              server.closeAllConnections();
            },
          };
        }, memoryStore);
      });
    }
  });
}

test("requests on one connection have their own sessions", async (t) => {
  const { port, route } = await site(t, "Express 5", session<App, string>({ store: slowStore() }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = async (path: string, cookie = ""): Promise<{ body: string; cookie: string; reused: boolean }> => {
    const request = get({ port, path, agent, host: "127.0.0.1", headers: { cookie } });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const body = String(await buffer(response));
    return { body, cookie: response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "", reused: request.reusedSocket };
  };
  const one = await ask(route(({ session }) => void (session.user = "Ada")));
  const two = await ask(route(({ session }) => String(session.user)));
  const three = await ask(
    route(({ session }) => String(session.user)),
    one.cookie,
  );
  assert.deepEqual([two.body, three.body, three.reused], ["undefined", "Ada", true]);
});
