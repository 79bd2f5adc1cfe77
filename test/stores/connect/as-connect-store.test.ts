import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";

import express from "express";
import session, { type SessionOptions, type SessionRequest as Request } from "express-session";

import { handleOf } from "../../../src/crypto/session-key.ts";
import { listSessions, revokeSessions } from "../../../src/principals.ts";
import {
  asConnectStore,
  type AsConnectStoreOptions,
  type ConnectSession,
  type ExpressSessionStore,
} from "../../../src/stores/connect/connect.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { redisStore, type ConnectedRedisStore } from "../../../src/stores/redis/redis.ts";
import { cookieJar, type CookieJar } from "../../../src/testing/testing.ts";
import type { AtomicSessionStore, SessionData, SessionEvent, StoreContext } from "../../../src/types.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";
import { soundStore } from "../../testing/faulty/sound-store.ts";

/** The declaration that an application would make: here any property. */
declare module "express-session" {
  interface SessionData {
    [key: string]: unknown;
  }
}

const DAY = 86_400;
const servers: Server[] = [];

after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

type Calls = [name: string, ttl: number | undefined][];

/** Makes a memory store that notes its calls. */
function noted(): { readonly calls: Calls; readonly store: AtomicSessionStore } {
  const calls: Calls = [];
  const store = new Proxy(memoryStore(), {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls.push([String(name).replace("Session", ""), (args.at(-1) as StoreContext).ttl]);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  return { calls, store };
}

type Act = (request: Request) => unknown;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** The first Set-Cookie field. */
  readonly cookie: string | undefined;
}

interface Site {
  readonly store: AtomicSessionStore;
  readonly calls: Calls;
  readonly events: SessionEvent[];
  /** Makes a browser. Each request runs an act on its session, and gets the act's result, or the session, as JSON. */
  readonly visitor: (jar?: CookieJar) => Send;
}

type Send = (act?: Act) => Promise<Answer>;

/** Starts an Express application on a real port. */
async function live(
  options: Partial<SessionOptions> = {},
  more: AsConnectStoreOptions = {},
  { calls, store }: Pick<Site, "calls" | "store"> = noted(),
): Promise<Site> {
  const acts: Act[] = [];
  const events: SessionEvent[] = [];
  const app = express();
  app.use(
    session({
      store: asConnectStore(store, { onEvent: (event) => events.push(event), ...more }),
      secret: "test",
      resave: false,
      saveUninitialized: false,
      ...options,
    }),
  );
  app.get("/", (request, response, next) => {
    const act = acts[Number(request.query["act"])] ?? (() => undefined);
    // All tests are one program, and an example declares another type of session on Express' request.
    const theirs = request as unknown as Request;
    const acted = Promise.resolve(act(theirs));
    acted.then((answer) => response.json(answer ?? theirs.session ?? null)).catch(next);
  });
  app.use(((error, _request, response, _next) => {
    response.status(500).json(String(error));
  }) satisfies express.ErrorRequestHandler);
  const server = createServer(app).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    store,
    calls,
    events,
    visitor(jar = cookieJar()) {
      return async (act = () => undefined) => {
        const cookie = jar.header();
        const url = `http://127.0.0.1:${port}/?act=${acts.push(act) - 1}`;
        const response = await fetch(url, { headers: cookie === undefined ? {} : { cookie } });
        const lines = response.headers.getSetCookie();
        jar.take({ headers: { "set-cookie": lines } });
        return { status: response.status, body: await response.json(), cookie: lines[0] };
      };
    },
  };
}

const named = (calls: Calls): string[] => calls.splice(0).map(([name]) => name);

/** Calls a function that takes a callback, and returns a promise. */
function done(run: (callback: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** Makes a promise for a request to wait for, and the function that resolves it. */
function gate(): { readonly wait: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

/** Makes an act that waits, with its session open, until `open` is called. */
function slow(act: Act): { readonly act: Act; readonly arrived: Promise<void>; readonly open: () => void } {
  const arrival = gate();
  const way = gate();
  return {
    arrived: arrival.wait,
    open: way.open,
    async act(request) {
      arrival.open();
      await way.wait;
      return act(request);
    },
  };
}

function found(face: ExpressSessionStore, sid: string): Promise<ConnectSession> {
  return new Promise((resolve, reject) => {
    face.get(sid, (_, session) => (session ? resolve(session) : reject(new Error("not found"))));
  });
}

/** Rounds to seconds. express-session reads the clock twice, so a few milliseconds may be missing. */
function seconds(milliseconds: number | null): number {
  return Math.round((milliseconds ?? 0) / 1000);
}

function now(): StoreContext {
  return { now: Date.now(), ttl: 60, cookieName: "connect.sid" };
}

describe("express-session on asConnectStore", () => {
  test("keeps a session, in one read, one write and one touch", async () => {
    const { visitor, calls } = await live();
    const send = visitor();
    const first = await send(({ session }) => void (session["n"] = 1));
    assert.match(first.cookie ?? "", /^connect\.sid=s%3A/);
    assert.deepEqual(named(calls), ["write"]);
    assert.equal(Reflect.get((await send()).body as object, "n"), 1);
    assert.deepEqual(calls.splice(0), [
      ["read", undefined],
      ["read", DAY],
    ]);
    assert.equal((await send(({ session }) => void (session["n"] = 2))).cookie, undefined);
    assert.deepEqual(calls.splice(0), [
      ["read", undefined],
      ["update", DAY],
    ]);
    assert.equal(Reflect.get((await send()).body as object, "n"), 2);
  });

  test("stores an empty session only with saveUninitialized: true", async () => {
    const quiet = await live();
    assert.equal((await quiet.visitor()()).cookie, undefined);
    assert.deepEqual(quiet.calls, []);
    const eager = await live({ saveUninitialized: true });
    const send = eager.visitor();
    assert.ok((await send()).cookie);
    assert.equal((await send()).cookie, undefined);
    assert.deepEqual(named(eager.calls), ["write", "read", "read"]);
  });

  test("resave: true does not write an unchanged session", async () => {
    const { visitor, calls } = await live({ resave: true });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    calls.length = 0;
    await send();
    assert.deepEqual(named(calls), ["read", "read"]);
  });

  test("rolling: true sends the cookie each time", async () => {
    const { visitor } = await live({ rolling: true, cookie: { maxAge: 60_000 } });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    assert.match((await send()).cookie ?? "", /Expires=/);
  });

  test("a value comes back as JSON makes it, as from other stores; a value that JSON refuses is an error", async () => {
    const { visitor } = await live();
    const send = visitor();
    await send(
      ({ session }) => void Object.assign(session, { when: new Date(0), gone: undefined, deep: { list: [1] } }),
    );
    await send(({ session }) => void (session["deep"] as { list: number[] }).list.push(2));
    const { body } = await send();
    const { cookie: _, ...rest } = body as Record<string, unknown>;
    assert.deepEqual(rest, { when: "1970-01-01T00:00:00.000Z", deep: { list: [1, 2] } });
    const saved = await send(async ({ session }) => {
      // Removed below: express-session itself would throw at the end of the request.
      session["big"] = 1n;
      const saving = done((callback) => asConnectStore(memoryStore()).set("k", session, callback));
      const message = await saving.catch(String);
      delete session["big"];
      return { message };
    });
    assert.match(String(Reflect.get(saved.body as object, "message")), /BigInt/);
  });

  test("a session is express-session's own, with its functions and its cookie", async () => {
    const { visitor } = await live({ cookie: { maxAge: 60_000, sameSite: "lax" } });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    const { body } = await send((request) => {
      const { session: own } = request;
      const { cookie } = own;
      assert.ok(own instanceof session.Session);
      assert.equal(own.id, request.sessionID);
      assert.ok(cookie.expires instanceof Date);
      return {
        prototype: Object.getPrototypeOf(cookie) === session.Cookie.prototype,
        maxAge: (cookie.maxAge ?? 0) > 50_000 && (cookie.maxAge ?? 0) <= 60_000,
        originalMaxAge: seconds(cookie.originalMaxAge),
        sameSite: cookie.sameSite,
      };
    });
    assert.deepEqual(body, { prototype: true, maxAge: true, originalMaxAge: 60, sameSite: "lax" });
  });

  test("regenerate, reload, save and destroy work as on other stores", async () => {
    const { visitor, calls } = await live();
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    const regenerated = await send(async (request) => {
      const before = request.sessionID;
      await done((callback) => request.session.regenerate(callback));
      request.session["user"] = "Ada";
      return { differs: before !== request.sessionID, n: request.session["n"] ?? "none" };
    });
    assert.deepEqual(regenerated.body, { differs: true, n: "none" });
    assert.ok(regenerated.cookie);
    const reloaded = await send(async (request) => {
      request.session["user"] = "Eve";
      await done((callback) => request.session.reload(callback));
      return { user: request.session["user"] };
    });
    assert.deepEqual(reloaded.body, { user: "Ada" });
    calls.length = 0;
    await send(async (request) => {
      request.session["a"] = 1;
      await done((callback) => request.session.save(callback));
      request.session["b"] = 2;
    });
    assert.deepEqual(named(calls), ["read", "update", "update"]);
    const { body } = await send();
    assert.equal(Reflect.get(body as object, "a"), 1);
    assert.equal(Reflect.get(body as object, "b"), 2);
    await send(async (request) => {
      await done((callback) => request.session.destroy(callback));
      return {};
    });
    assert.equal(Reflect.get((await send()).body as object, "user"), undefined);
  });

  test('unset: "destroy" destroys', async () => {
    const { visitor, store, calls } = await live({ unset: "destroy" });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    await send((request) => {
      request.session = null as never;
      return {};
    });
    assert.equal(named(calls).at(-1), "delete");
    assert.equal(Reflect.get(store, "size"), 0);
  });

  test("load makes a session without a request", async () => {
    const { store } = noted();
    const face = asConnectStore(store);
    session({ store: face, secret: "test", resave: false, saveUninitialized: false });
    await store.writeSession("k", { cookie: { originalMaxAge: null }, n: 1 }, now());
    const loaded = await new Promise<ConnectSession | undefined>((resolve, reject) => {
      face.load("k", (error, found) => (error instanceof Error ? reject(error) : resolve(found)));
    });
    assert.ok(loaded instanceof session.Session);
    assert.equal(Reflect.get(loaded, "n"), 1);
    await new Promise((resolve) =>
      face.load("other", (...answer) => resolve(assert.deepEqual(answer, [null, undefined]))),
    );
  });

  test("genid and cookie functions see the right request, which keeps its session", async () => {
    const seen: unknown[] = [];
    let count = 0;
    const { visitor } = await live({
      genid: (request) => {
        seen.push(request.url);
        return `sid-${++count}`;
      },
      cookie: (request: Request) => ({ secure: request.secure }),
    });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    const { body } = await send((request) => ({ id: request.sessionID, n: request.session["n"] }));
    assert.deepEqual(body, { id: "sid-1", n: 1 });
    assert.equal((await send((request) => ({ id: request.sessionID }))).cookie, undefined);
    assert.deepEqual(seen, ["/?act=0", "/?act=1"]);
  });

  test("a stored property with the name of one of express-session's functions is kept", async () => {
    const { store, visitor } = await live();
    const send = visitor();
    let sid = "";
    await send((request) => {
      sid = request.sessionID;
      request.session["n"] = 1;
    });
    await store.updateSession(sid, (current) => ({ ...current, id: 7, save: "all" }), undefined, now());
    await send(({ session }) => void (session["n"] = 2));
    const { cookie: _, ...rest } = (await store.readSession(sid, now())) ?? {};
    assert.deepEqual(rest, { n: 2, id: 7, save: "all" });
  });

  test("a stored session without a cookie gets the application's", async () => {
    const { store, visitor } = await live({ cookie: { maxAge: 60_000 } });
    const send = visitor();
    await send(({ session }) => void (session["n"] = 1));
    await send(async ({ sessionID }) => {
      await store.writeSession(sessionID, { n: 2 }, now());
      return {};
    });
    const { body } = await send((request) => ({
      n: request.session["n"],
      age: seconds(request.session.cookie.originalMaxAge),
    }));
    assert.deepEqual(body, { n: 2, age: 60 });
  });
});

describe("how long a session lives", () => {
  const ttlOf = async (site: Site, act: Act): Promise<number | undefined> => {
    const send = site.visitor();
    await send(({ session }) => void (session["n"] = 1));
    site.calls.length = 0;
    await send(act);
    return site.calls.at(-1)?.[1];
  };

  test("is the maxAge of its cookie, and otherwise the option ttl, a day by default", async () => {
    const touch: Act = () => undefined;
    assert.equal(await ttlOf(await live(), touch), DAY);
    assert.equal(await ttlOf(await live({}, { ttl: 60 }), touch), 60);
    assert.equal(Math.round((await ttlOf(await live({ cookie: { maxAge: 5000 } }), touch)) ?? 0), 5);
  });

  test("changes with its cookie, which is stored even if nothing else has changed", async () => {
    const site = await live();
    const send = site.visitor();
    await send(({ session }) => void (session["n"] = 1));
    site.calls.length = 0;
    await send(({ session }) => void (session.cookie.maxAge = 30 * DAY * 1000));
    assert.deepEqual(
      site.calls.splice(0).map(([name, ttl]) => [name, ttl && Math.round(ttl)]),
      [
        ["read", undefined],
        ["update", 30 * DAY],
      ],
    );
    await send();
    assert.equal(Math.round(site.calls[1]?.[1] ?? 0), 30 * DAY);
  });

  test("ends with its cookie", async () => {
    const site = await live();
    const send = site.visitor();
    await send(({ session }) => void (session["n"] = 1));
    await send(({ session }) => void (session.cookie.maxAge = 0));
    assert.equal(Reflect.get(site.store, "size"), 0);
    await send(({ session }) => void ((session["n"] = 1), (session.cookie.maxAge = -1)));
    assert.equal(Reflect.get(site.store, "size"), 0);
  });

  test("is extended by a save, even if the stored cookie has expired", async () => {
    const { store } = noted();
    const face = asConnectStore(store);
    const long = new Date(Date.now() - 1000).toISOString();
    await store.writeSession("k", { cookie: { originalMaxAge: 60_000, expires: long } }, now());
    const loaded = await found(face, "k");
    await done((callback) => face.set("k", { ...loaded, n: 1 } as ConnectSession, callback));
    assert.equal(Reflect.get(store, "size"), 1);
  });
});

for (const resave of [false, true]) {
  describe(`two requests at once, resave: ${resave}`, () => {
    test("keep each other's changes", async () => {
      const { visitor } = await live({ resave });
      const send = visitor();
      await send(({ session }) => void Object.assign(session, { cart: [1], stale: true }));
      const late = slow(({ session }) => void (session["a"] = 1));
      const answer = send(late.act);
      await late.arrived;
      await send(({ session }) => {
        session["b"] = 2;
        delete session["stale"];
      });
      late.open();
      await answer;
      const { cookie: _, ...rest } = (await send()).body as Record<string, unknown>;
      assert.deepEqual(rest, { cart: [1], a: 1, b: 2 });
    });

    for (const [what, act] of Object.entries({
      "a change": ({ session }: Request) => void (session["a"] = 1),
      "no change": () => undefined,
      "a longer cookie": ({ session }: Request) => void (session.cookie.maxAge = 60_000),
      "a save in between": async ({ session }: Request) => {
        session["a"] = 1;
        await done((callback) => session.save(callback));
        session["a"] = 2;
      },
    } satisfies Record<string, Act>)) {
      test(`a slow one with ${what} does not restore a session that was destroyed, or given a new id`, async () => {
        for (const end of ["destroy", "regenerate"] as const) {
          const { visitor, store, events } = await live({ resave });
          const send = visitor();
          let sid = "";
          await send((request) => {
            sid = request.sessionID;
            request.session["user"] = "Ada";
          });
          const late = slow(act);
          const answer = send(late.act);
          await late.arrived;
          await send(async (request) => {
            await done((callback) => request.session[end](callback));
            return {};
          });
          late.open();
          assert.equal((await answer).status, 200);
          assert.equal(await store.readSession(sid, now()), undefined);
          assert.equal(Reflect.get(store, "size"), end === "destroy" ? 0 : 1);
          assert.equal(
            events.some(({ type }) => type === "write-dropped"),
            what !== "no change",
          );
        }
      });
    }

    test("a save does not undo another request's cookie", async () => {
      const { visitor } = await live({ resave });
      const send = visitor();
      await send(({ session }) => void (session["n"] = 1));
      const late = slow(({ session }) => void (session["n"] = 2));
      const answer = send(late.act);
      await late.arrived;
      await send(({ session }) => void (session.cookie.maxAge = 30 * DAY * 1000));
      late.open();
      await answer;
      const { body } = await send(({ session }) => ({ n: session["n"], age: seconds(session.cookie.originalMaxAge) }));
      assert.deepEqual(body, { n: 2, age: 30 * DAY });
    });
  });
}

describe("two requests at once, of two processes on one Redis", { skip: withoutRedis }, () => {
  let server: RedisServer;
  let stores: readonly [ConnectedRedisStore, ConnectedRedisStore];

  before(async () => {
    server = await startRedis();
    stores = [redisStore({ url: server.url }), redisStore({ url: server.url })];
  });
  after(async () => {
    for (const store of stores) await store.close();
    await server.end();
  });

  /** Makes two browsers, one for each process, that share their cookies. */
  const visitors = async (): Promise<readonly [Send, Send]> => {
    const jar = cookieJar();
    const send = async (store: AtomicSessionStore): Promise<Send> =>
      (await live({}, {}, { calls: [], store })).visitor(jar);
    return [await send(stores[0]), await send(stores[1])];
  };

  test("keep each other's changes", async () => {
    const [send, other] = await visitors();
    await send(({ session }) => void (session["n"] = 1));
    const late = slow(({ session }) => void (session["a"] = 1));
    const answer = send(late.act);
    await late.arrived;
    await other(({ session }) => void (session["b"] = 2));
    late.open();
    await answer;
    const { cookie: _, ...rest } = (await other()).body as Record<string, unknown>;
    assert.deepEqual(rest, { n: 1, a: 1, b: 2 });
  });

  for (const [what, act] of Object.entries<Act>({
    "a change": ({ session }) => void (session["a"] = 1),
    "no change": () => undefined,
  })) {
    test(`a slow one with ${what} does not restore a session that was destroyed`, async () => {
      const [send, other] = await visitors();
      await send(({ session }) => void (session["user"] = "Ada"));
      const late = slow(act);
      const answer = send(late.act);
      await late.arrived;
      await other(async (request) => {
        await done((callback) => request.session.destroy(callback));
        return {};
      });
      late.open();
      await answer;
      for (const each of [send, other]) {
        assert.deepEqual(Object.keys((await each()).body as object), ["cookie"]);
      }
    });
  }
});

test("saving a session object after its destruction does not restore it, nor a second time", async () => {
  const store = memoryStore();
  const face = asConnectStore(store);
  const own = { cookie: {}, n: 1 };
  const saves = [done((callback) => face.set("k", own, callback))];
  own.n = 2;
  saves.push(done((callback) => face.set("k", own, callback)));
  await Promise.all(saves);
  assert.deepEqual(await store.readSession("k", now()), own);
  await done((callback) => face.destroy("k", callback));
  for (const n of [3, 4]) {
    own.n = n;
    await done((callback) => face.set("k", own, callback));
    assert.equal(store.size, 0);
  }
});

test("a difference of a millisecond, as express-session makes it, is no change of a cookie", async () => {
  const { store, calls } = noted();
  const face = asConnectStore(store);
  await store.writeSession("k", { cookie: { originalMaxAge: 60_000 } }, now());
  calls.length = 0;
  for (const [originalMaxAge, call] of [
    [59_999, "read"],
    [59_000, "update"],
  ] as const) {
    const loaded = await found(face, "k");
    await done((callback) => face.touch("k", Object.assign(loaded, { cookie: { originalMaxAge } }), callback));
    assert.deepEqual(named(calls), ["read", call]);
  }
});

describe("faults", () => {
  const broken = (): never => {
    throw new Error("connection lost");
  };

  test("reach Express as SessionStoreErrors", async () => {
    for (const name of ["readSession", "writeSession", "updateSession", "deleteSession"] as const) {
      const store = { ...memoryStore() };
      const face = asConnectStore(store);
      await done((callback) => face.set("k", { cookie: {} }, callback));
      const loaded = await new Promise<ConnectSession>((resolve) =>
        face.get("k", (_, found) => resolve(found as never)),
      );
      store[name] = broken;
      const calls: Record<typeof name, (callback: (error?: unknown) => void) => void> = {
        readSession: (callback) => face.get("k", callback),
        writeSession: (callback) => face.set("other", { cookie: {} }, callback),
        updateSession: (callback) => face.set("k", Object.assign(loaded, { n: 1 }), callback),
        deleteSession: (callback) => face.destroy("k", callback),
      };
      await assert.rejects(done(calls[name]), { code: "ERR_SESSION_STORE", cause: new Error("connection lost") }, name);
    }
  });

  test("of reads are answered with 500", async () => {
    const store = { ...memoryStore() };
    const send = (await live({ saveUninitialized: true }, {}, { calls: [], store })).visitor();
    await send();
    store.readSession = broken;
    assert.deepEqual(await send(), {
      status: 500,
      body: "SessionStoreError: session store: read failed",
      cookie: undefined,
    });
  });

  test("are dropped if there is no callback", async () => {
    const store = { ...memoryStore(), readSession: broken, writeSession: broken, deleteSession: broken };
    const face = asConnectStore(store);
    face.set("k", { cookie: {} });
    face.destroy("k");
    face.touch("k", { cookie: {} });
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("a store that hangs is cut off by the deadline", async () => {
    const hanging = asConnectStore(
      { ...memoryStore(), readSession: () => new Promise<never>(() => undefined) },
      { storeDeadline: 20 },
    );
    await assert.rejects(
      done((callback) => hanging.get("k", callback)),
      /longer than 20 ms/,
    );
  });

  test("a save that fails can be tried again", async () => {
    const store = { ...memoryStore() };
    const face = asConnectStore(store);
    const own = { cookie: {}, n: 1 };
    const { writeSession } = store;
    store.writeSession = broken;
    await assert.rejects(done((callback) => face.set("k", own, callback)));
    store.writeSession = writeSession;
    await done((callback) => face.set("k", own, callback));
    const loaded = await found(face, "k");
    assert.deepEqual(loaded, own);
  });

  test("a change that fails can be tried again, and does not restore a deleted session", async () => {
    const store = { ...memoryStore() };
    const face = asConnectStore(store);
    await store.writeSession("k", { cookie: {} }, now());
    const own = Object.assign(await found(face, "k"), { n: 1 });
    const { updateSession } = store;
    store.updateSession = broken;
    await assert.rejects(done((callback) => face.set("k", own, callback)));
    store.updateSession = updateSession;
    await done((callback) => face.set("k", own, callback));
    assert.deepEqual(await found(face, "k"), own);
    store.updateSession = broken;
    await assert.rejects(done((callback) => face.set("k", Object.assign(own, { n: 2 }), callback)));
    store.updateSession = updateSession;
    await store.deleteSession("k", now());
    await done((callback) => face.set("k", own, callback));
    assert.equal(await store.readSession("k", now()), undefined);
  });

  test("a store that writes under another key is refused when it does so", async () => {
    const face = asConnectStore({ ...memoryStore(), writeSession: () => "another" });
    await assert.rejects(
      done((callback) => face.set("k", { cookie: {} }, callback)),
      /under another key/,
    );
  });
});

test("plain objects can be saved over each other, as @fastify/session does it", async () => {
  const face = asConnectStore(memoryStore());
  await done((callback) => face.set("k", { cookie: { originalMaxAge: 1000 } }, callback));
  await done((callback) => face.set("k", { cookie: { originalMaxAge: 2000 } }, callback));
  const loaded = await new Promise((resolve) => face.get("k", (_, found) => resolve(found)));
  assert.deepEqual(loaded, { cookie: { originalMaxAge: 2000 } });
  await done((callback) => face.destroy("k", callback));
  assert.equal(await new Promise((resolve) => face.get("k", (_, found) => resolve(found))), null);
});

test("with the option principal, the sessions of a principal can be listed and revoked", async () => {
  const principal = (session: SessionData): string | undefined => session["user"] as string | undefined;
  const { visitor, store } = await live({}, { principal }, { calls: [], store: soundStore() });
  const [one, other] = [visitor(), visitor()];
  await one(({ session }) => void (session["user"] = "Ada"));
  let sid = "";
  await other((request) => {
    request.session["user"] = "Ada";
    sid = request.sessionID;
  });
  const handles = (await listSessions(store, "Ada")).map(({ handle }) => handle);
  assert.equal(handles.length, 2);
  assert.ok(handles.includes(handleOf(sid)));
  assert.equal(await revokeSessions(store, "Ada", { except: sid }), 1);
  assert.equal(Reflect.get((await one()).body as object, "user"), undefined);
  assert.equal(Reflect.get((await other()).body as object, "user"), "Ada");
  await other(async (request) => {
    await done((callback) => request.session.destroy(callback));
    return {};
  });
  assert.deepEqual(await listSessions(store, "Ada"), []);
});

test("the store is given the principal of a session that it deletes", async () => {
  const principals: unknown[] = [];
  const store = {
    ...memoryStore(),
    deleteSession: (_: string, context: StoreContext) => void principals.push(context.principal),
  };
  const face = asConnectStore(store, { principal: (session) => String(session["user"]) });
  await done((callback) => face.set("k", { cookie: {}, user: "Ada" } as ConnectSession, callback));
  await done((callback) => face.destroy("k", callback));
  assert.deepEqual(principals, ["Ada"]);
});

test("wrong arguments throw when the store is built", () => {
  const { updateSession: _, ...plain } = memoryStore();
  const wrong: readonly [unknown, unknown, RegExp][] = [
    [plain, {}, /asConnectStore: store must be atomic, .*, got one without updateSession/],
    [undefined, {}, /store must be atomic, .*, got undefined/],
    [memoryStore(), { ttl: 0 }, /ttl must be a number of seconds above 0, got 0/],
    [memoryStore(), { tll: 1 }, /unknown option "tll"; did you mean "ttl"\?/],
    [memoryStore(), { storeDeadline: -1 }, /storeDeadline must be/],
  ];
  for (const [store, options, message] of wrong) {
    assert.throws(() => asConnectStore(store as AtomicSessionStore, options as AsConnectStoreOptions), message);
  }
  assert.throws(() => asConnectStore(memoryStore()).createSession({}, { cookie: {} }), /give it the store/);
});
