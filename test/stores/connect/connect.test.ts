import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, mock, test } from "node:test";

import express from "express";
import session from "express-session";
import createMemoryStore from "memorystore";

import { SessionDataError } from "../../../src/errors.ts";
import { handleOf } from "../../../src/crypto/session-key.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { connectStore, type ConnectStore, type ConnectStoreOptions } from "../../../src/stores/connect/connect.ts";
import { createVisitor, storeLaws, type StoreHarness } from "../../../src/testing/testing.ts";
import type { SessionStore, StoreContext } from "../../../src/types.ts";
import { temporaryFolder } from "../../support/servers/process.ts";

const START = 1_700_000_000_000;
const TTL = 600;

const require = createRequire(import.meta.url);

/** session-file-store, which has no types of its own. */
const createFileStore = require("session-file-store") as (
  connect: typeof session,
) => new (options: object) => session.Store;

const MemoryStore = createMemoryStore(session);
const FileStore = createFileStore(session);

/** Makes a store without retries. By default it looks for a missing session five times, 50 ms apart. */
function fileStore(path: string = temporaryFolder("sessions")): session.Store {
  return new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => undefined });
}

const stores: Readonly<Record<string, () => session.Store>> = {
  "express-session's MemoryStore": () => new session.MemoryStore(),
  memorystore: () => new MemoryStore({}),
  "session-file-store": () => fileStore(),
};

function at(seconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: START + seconds * 1000, ttl: TTL, cookieName: "ring-session", ...more };
}

for (const [name, makeStore] of Object.entries(stores)) {
  describe(`the laws on ${name}`, () => {
    // These stores tell the time from Date alone.
    const harness: StoreHarness = { advance: (seconds) => mock.timers.tick(seconds * 1000) };
    for (const law of storeLaws) {
      test(law.name, async (t) => {
        mock.timers.enable({ apis: ["Date"], now: START });
        try {
          if ((await law.check(() => connectStore(makeStore()), harness)) === "does not apply") t.skip();
        } finally {
          mock.timers.reset();
        }
      });
    }
  });
}

type Calls = [name: string, sid: string, session?: { cookie: { originalMaxAge: unknown; expires?: unknown } }][];

/** Makes a store that notes its calls. `more` replaces some of its functions. */
function noted(more: Partial<ConnectStore> = {}): { readonly calls: Calls; readonly store: ConnectStore } {
  const calls: Calls = [];
  const texts = new Map<string, string>();
  const store: ConnectStore = {
    get(sid, callback) {
      calls.push(["get", sid]);
      const text = texts.get(sid);
      callback(null, text === undefined ? undefined : (JSON.parse(text) as { cookie: object }));
    },
    set(sid, session, callback) {
      calls.push(["set", sid, session]);
      texts.set(sid, JSON.stringify(session));
      callback();
    },
    destroy(sid, callback) {
      calls.push(["destroy", sid]);
      texts.delete(sid);
      callback();
    },
    touch(sid, session, callback) {
      calls.push(["touch", sid, session]);
      callback();
    },
    ...more,
  };
  return { calls, store };
}

async function keyOf(store: SessionStore, data: object = { a: 1 }, context = at(0)): Promise<string> {
  return store.writeSession(undefined, { ...data }, context);
}

describe("the cookie that a store is given", () => {
  test("has the lifetime of the session in three properties, two of them in JSON", async () => {
    const { calls, store } = noted();
    await keyOf(connectStore(store));
    const cookie = calls[0]?.[2]?.cookie;
    assert.ok(cookie);
    assert.equal(cookie.originalMaxAge, TTL * 1000);
    assert.deepEqual(cookie.expires, new Date(START + TTL * 1000));
    assert.equal(Reflect.get(cookie, "maxAge"), TTL * 1000);
    const expires = new Date(START + TTL * 1000).toISOString();
    assert.deepEqual(JSON.parse(JSON.stringify(cookie)), {
      originalMaxAge: TTL * 1000,
      expires,
      httpOnly: true,
      path: "/",
    });
  });

  test("lasts ten years if the session has no end, or a later one", async () => {
    for (const ttl of [undefined, 1e300]) {
      const { calls, store } = noted();
      await keyOf(connectStore(store), {}, at(0, { ttl }));
      assert.equal(calls[0]?.[2]?.cookie.originalMaxAge, 3650 * 86_400_000);
    }
  });

  test("is no property of the session, and a session may not have a property of its names", async () => {
    const store = connectStore(noted().store);
    assert.deepEqual(await store.readSession(await keyOf(store), at(1)), { a: 1 });
    for (const taken of ["cookie", "__lastAccess"]) {
      await assert.rejects(
        async () => keyOf(store, { [taken]: 1 }),
        (error) => error instanceof SessionDataError && error.message.startsWith(`session.${taken} cannot be stored`),
      );
    }
  });
});

describe("touch", () => {
  const touches = async (store: SessionStore, calls: Calls, key: string, context: StoreContext): Promise<number> => {
    calls.length = 0;
    assert.ok(await store.readSession(key, context));
    return calls.filter(([name]) => name === "touch").length;
  };

  test("is called by a read once a tenth of the idle time has passed, and not before", async () => {
    const { calls, store: foreign } = noted();
    const store = connectStore(foreign);
    const key = await keyOf(store);
    assert.equal(await touches(store, calls, key, at(59.9)), 0);
    assert.equal(await touches(store, calls, key, at(60)), 1);
    assert.deepEqual(calls[1]?.[2]?.cookie.expires, new Date(START + 660_000));
    assert.equal(await touches(store, calls, key, at(60, { ttl: undefined })), 0);
  });

  test("is called if a session has too much time, or does not say how much", async () => {
    const { calls, store: foreign } = noted();
    const store = connectStore(foreign);
    const endless = await keyOf(store, {}, at(0, { ttl: undefined }));
    assert.equal(await touches(store, calls, endless, at(1)), 1);
    foreign.set(handleOf("k"), JSON.parse('{"cookie":{"expires":null}}') as never, () => undefined);
    assert.equal(await touches(store, calls, "k", at(1)), 1);
  });

  test("may be missing: then reads leave the clock alone, and writes restart it", async () => {
    const { calls, store: foreign } = noted();
    delete foreign.touch;
    const store = connectStore(foreign);
    const key = await keyOf(store);
    assert.deepEqual(await store.readSession(key, at(300)), { a: 1 });
    assert.deepEqual(
      calls.map(([name]) => name),
      ["set", "get"],
    );
  });

  test("is not called if the deadline has passed meanwhile", async () => {
    const { calls, store: foreign } = noted();
    const store = connectStore(foreign);
    const key = await keyOf(store);
    await assert.rejects(async () => store.readSession(key, at(300, { signal: AbortSignal.abort() })));
    assert.equal(calls.at(-1)?.[0], "get");
  });

  test("that finds no file means that the session was deleted", async () => {
    const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });
    const { store: foreign } = noted({ touch: (_sid, _session, callback) => callback(missing) });
    const store = connectStore(foreign);
    assert.equal(await store.readSession(await keyOf(store), at(300)), undefined);
  });
});

describe("faults of a store", () => {
  const failure = new Error("disk full");
  const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });
  const reads: Record<string, ConnectStore["get"]> = {
    "calls back with an error": (_sid, callback) => callback(failure),
    throws: () => {
      throw failure;
    },
    "returns a promise that rejects": () => Promise.reject(failure),
    "calls back, and then fails twice over": (_sid, callback) => {
      callback(failure);
      callback(new Error("second"));
      return Promise.reject(new Error("third"));
    },
  };
  for (const [fault, get] of Object.entries(reads)) {
    test(`a store that ${fault} fails the read`, async () => {
      const store = connectStore(noted({ get }).store);
      await assert.rejects(
        async () => store.readSession("k", at(0)),
        (error) => error === failure,
      );
    });
  }

  test("a store that calls back with another value than an Error fails with an Error", async () => {
    const store = connectStore(noted({ get: (_sid, callback) => callback("sorry") }).store);
    await assert.rejects(async () => store.readSession("k", at(0)), { cause: "sorry" });
  });

  test("of writes and deletions are passed on too", async () => {
    const store = connectStore(
      noted({ set: (_sid, _session, callback) => callback(failure), destroy: (_sid, callback) => callback(failure) })
        .store,
    );
    await assert.rejects(async () => keyOf(store), failure);
    await assert.rejects(async () => store.deleteSession("k", at(0)), failure);
  });

  test("a missing file is no session to a read, fine for a deletion, and an error for a write", async () => {
    const store = connectStore(
      noted({
        get: (_sid, callback) => callback(missing),
        set: (_sid, _session, callback) => callback(missing),
        destroy: (_sid, callback) => callback(missing),
      }).store,
    );
    assert.equal(await store.readSession("k", at(0)), undefined);
    await store.deleteSession("k", at(0));
    await assert.rejects(async () => keyOf(store), missing);
  });

  test("text in place of a session fails the read", async () => {
    const store = connectStore(noted({ get: (_sid, callback) => callback(null, "text" as never) }).store);
    await assert.rejects(async () => store.readSession("k", at(0)), /answered text, which is no session/);
  });

  test("a store that never calls back is cut off by the core's deadline", async () => {
    const app = wrapSession(() => ({ body: "" }), {
      store: connectStore(noted({ get: () => undefined }).store),
      storeDeadline: 20,
    });
    const send = createVisitor(app).send("GET", "/", { headers: { cookie: "ring-session=k" } });
    await assert.rejects(send, { code: "ERR_SESSION_STORE" });
  });
});

describe("keys", () => {
  test("are stored as SHA-256, so that no key is a path", async () => {
    const folder = temporaryFolder("sessions");
    const store = connectStore(fileStore(folder));
    const key = await keyOf(store);
    assert.deepEqual(readdirSync(folder), [`${handleOf(key)}.json`]);
    assert.doesNotMatch(readFileSync(join(folder, `${handleOf(key)}.json`), "utf8"), new RegExp(key));
    await store.writeSession("../escaped", {}, at(0));
    assert.equal(readdirSync(folder).length, 2);
  });

  test("are stored unchanged with plainKeys, and may only have letters, digits, - and _", async () => {
    const { calls, store: foreign } = noted();
    const store = connectStore(foreign, { plainKeys: true });
    await store.writeSession("AZaz09-_", { a: 1 }, at(0));
    assert.deepEqual(await store.readSession("AZaz09-_", at(0)), { a: 1 });
    assert.deepEqual(
      calls.map(([, sid]) => sid),
      ["AZaz09-_", "AZaz09-_"],
    );
    assert.deepEqual(await store.readSession(await keyOf(store), at(0)), { a: 1 });
    calls.length = 0;
    for (const key of ["", "../x", "a.b", "a b", "é", "a\0", "s:a.b", "@", "[", "`", "{", "/", ":", "x".repeat(257)]) {
      assert.equal(await store.readSession(key, at(0)), undefined);
      await store.deleteSession(key, at(0));
      await assert.rejects(async () => store.writeSession(key, {}, at(0)), TypeError);
    }
    assert.deepEqual(calls, []);
  });

  test("that express-session signed open its sessions, with any of the secrets and no other", async () => {
    const signed = (secret: string, sid = "sid-1"): string =>
      `s:${sid}.${createHmac("sha256", secret).update(sid).digest("base64").replaceAll("=", "")}`;
    const { calls, store: foreign } = noted();
    foreign.set("sid-1", { cookie: { originalMaxAge: null } }, () => undefined);
    const store = connectStore(foreign, { secret: ["new", "old"] });
    for (const key of [signed("new"), signed("old")]) assert.deepEqual(await store.readSession(key, at(0)), {});
    foreign.set("", { cookie: { originalMaxAge: null } }, () => undefined);
    for (const key of [
      signed("other"),
      signed("new", ""),
      `${signed("new")}A`,
      "sid-1",
      "s:sid-1",
      "s:sid-1.",
      "s:.x",
    ]) {
      assert.equal(await store.readSession(key, at(0)), undefined);
    }
    assert.deepEqual(await store.readSession(await keyOf(store), at(0)), { a: 1 });
    await store.deleteSession(signed("new"), at(0));
    assert.deepEqual(calls.at(-1), ["destroy", "sid-1"]);
  });
});

test("a session of a real express-session is read by its cookie", async () => {
  const foreign = new session.MemoryStore();
  const app = express();
  app.use(session({ store: foreign, secret: "s3cret", resave: false, saveUninitialized: true }));
  app.get("/", ({ session: own }, response) => void response.json(Object.assign(own, { user: "Ada" })));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  server.close();
  server.closeAllConnections();

  const mine = wrapSession(({ session }) => ({ body: String(session["user"]), session: { ...session, seen: true } }), {
    store: connectStore(foreign, { secret: "s3cret" }),
    cookieName: "connect.sid",
  });
  const visitor = createVisitor(mine);
  visitor.jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
  assert.equal((await visitor.send("GET", "/")).body, "Ada");
  const stored = await new Promise((resolve) => foreign.all((_, all) => resolve(Object.values(all ?? {}))));
  assert.equal(JSON.stringify(stored).match(/"user":"Ada","seen":true/g)?.length, 1);
});

test("a value that is not a store, and wrong options, throw when the store is built", () => {
  const wrong: readonly [unknown, unknown, RegExp][] = [
    [undefined, {}, /connectStore: store must have a function get, got undefined; give a store that is made/],
    [{ get: () => undefined, set: 1 }, {}, /a function set, got a number/],
    [noted().store, { plainkeys: true }, /unknown option "plainkeys"; did you mean "plainKeys"\?/],
    [noted().store, { plainKeys: 1 }, /plainKeys must be true or false, got 1/],
    [noted().store, { secret: "" }, /secret must be .*, got empty text/],
    [noted().store, { secret: ["hidden", 1] }, /secret must be .*, got a list$/],
    [noted().store, { secret: 1 }, /secret must be .*, got a number/],
  ];
  for (const [store, options, message] of wrong) {
    assert.throws(() => connectStore(store as ConnectStore, options as ConnectStoreOptions), message);
  }
});
