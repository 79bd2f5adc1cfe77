import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

import { SessionDataError } from "../../../src/errors.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { memoryStore, type MemoryStore, type MemoryStoreOptions } from "../../../src/stores/memory/memory.ts";
import { createVisitor, fakeClock, storeLaws } from "../../../src/testing/testing.ts";
import type { SessionCodec, SessionData, StoreContext } from "../../../src/types.ts";

const START = 1_700_000_000_000;
const TTL = 600;
const MINUTE = 60_000;

/** Makes a context, so many milliseconds after the start. */
function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: START + milliseconds, ttl: TTL, cookieName: "ring-session", ...more };
}

type End = readonly [session: SessionData, why: string];

/** Makes a store, and collects what it tells `onEnd`. */
function listening(options: MemoryStoreOptions = {}): {
  readonly store: MemoryStore;
  readonly ends: () => Promise<End[]>;
} {
  const ended: End[] = [];
  const store = memoryStore({ ...options, onEnd: (session, why) => ended.push([session, why]) });
  const ends = async (): Promise<End[]> => {
    await turn();
    return ended.splice(0);
  };
  return { store, ends };
}

async function write(store: MemoryStore, session: SessionData, context: StoreContext = at(0)): Promise<string> {
  return store.writeSession(undefined, session, context);
}

describe("the laws", () => {
  for (const law of storeLaws) {
    test(law.name, async (t) => {
      if ((await law.check(() => memoryStore())) === "does not apply") t.skip();
    });
  }
});

describe("idle time", () => {
  test("is exact to the millisecond, and each read and write restarts it", async () => {
    const store = memoryStore();
    const key = await write(store, { a: 1 });
    assert.deepEqual(await store.readSession(key, at(600_000)), { a: 1 });
    assert.deepEqual(await store.readSession(key, at(1_200_000)), { a: 1 });
    await store.writeSession(key, { a: 2 }, at(1_800_000));
    await store.updateSession(key, () => ({ a: 3 }), undefined, at(2_400_000));
    assert.deepEqual(await store.readSession(key, at(3_000_000)), { a: 3 });
    assert.equal(await store.readSession(key, at(3_600_001)), undefined);
  });

  test("that has run out ends a session for updates, renewals and deletions too, and is reported", async () => {
    const over: Record<string, (store: MemoryStore, key: string, context: StoreContext) => unknown> = {
      read: (store, key, context) => store.readSession(key, context),
      update: (store, key, context) => store.updateSession(key, () => ({ b: 2 }), { a: 1 }, context),
      renew: (store, key, context) => store.renewSession(key, { a: 1 }, { ...context, maxAge: 1 }),
      delete: (store, key, context) => store.deleteSession(key, context),
    };
    for (const [name, call] of Object.entries(over)) {
      const { store, ends } = listening();
      const key = await write(store, { a: 1 });
      const facts: string[] = [];
      const late = at(600_001, { report: (fact) => facts.push(fact) });
      assert.equal(await call(store, key, late), undefined, name);
      assert.deepEqual(facts, ["expired"], name);
      assert.equal(store.size, 0, name);
      assert.deepEqual(await ends(), [[{ a: 1 }, "expired"]], name);
    }
  });

  test("that is not given sets no end, and keeps one that was set", async () => {
    const store = memoryStore();
    const endless = await write(store, { a: 1 }, at(0, { ttl: undefined }));
    const mortal = await write(store, { a: 1 });
    assert.deepEqual(await store.readSession(mortal, at(600_000, { ttl: undefined })), { a: 1 });
    assert.equal(await store.readSession(mortal, at(600_001, { ttl: undefined })), undefined);
    assert.deepEqual(await store.readSession(endless, at(1e12, { ttl: undefined })), { a: 1 });
    await store.updateSession(endless, () => ({ a: 2 }), undefined, at(1e12));
    assert.equal(await store.readSession(endless, at(1e12 + 600_001)), undefined);
  });
});

describe("maxSessions", () => {
  test("evicts the least recently used; a read, a write and an update are uses", async () => {
    const { store, ends } = listening({ maxSessions: 4 });
    const [a, b, c] = [await write(store, { a: 1 }), await write(store, { b: 1 }), await write(store, { c: 1 })];
    await write(store, { d: 1 });
    await store.readSession(a, at(1));
    await store.updateSession(b, (current) => current, undefined, at(1));
    await store.writeSession(c, { c: 2 }, at(1));
    assert.equal(store.size, 4);
    for (const session of [{ e: 1 }, { f: 1 }, { g: 1 }, { h: 1 }]) await write(store, session, at(2));
    assert.equal(store.size, 4);
    assert.deepEqual(await ends(), [
      [{ d: 1 }, "evicted"],
      [{ a: 1 }, "evicted"],
      [{ b: 1 }, "evicted"],
      [{ c: 2 }, "evicted"],
    ]);
  });

  test("evicts nothing for an overwritten session, nor for one that is refused", async () => {
    const { store, ends } = listening({ maxSessions: 1 });
    const key = await write(store, { a: 1 });
    await store.writeSession(key, { a: 2 }, at(1));
    assert.throws(() => store.writeSession(undefined, { a: new Date() }, at(1)), SessionDataError);
    assert.deepEqual(await store.readSession(key, at(1)), { a: 2 });
    assert.deepEqual(await ends(), []);
  });

  test("tells an evicted session from an expired one", async () => {
    const { store, ends } = listening({ maxSessions: 1 });
    await write(store, { a: 1 });
    await write(store, { b: 1 }, at(600_000));
    await write(store, { c: 1 }, at(1_200_001));
    assert.deepEqual(await ends(), [
      [{ a: 1 }, "evicted"],
      [{ b: 1 }, "expired"],
    ]);
  });
});

describe("onEnd", () => {
  test("is not called for a session that is deleted, by a call or by an update", async () => {
    const { store, ends } = listening();
    await store.deleteSession(await write(store, { a: 1 }), at(1));
    await store.updateSession(await write(store, { a: 1 }), () => null, undefined, at(1));
    await store.readSession("no such key", at(MINUTE));
    assert.equal(store.size, 0);
    assert.deepEqual(await ends(), []);
  });

  test("may throw or reject without effect", async () => {
    for (const onEnd of [() => assert.fail("thrown"), async () => assert.fail("rejected")]) {
      const store = memoryStore({ maxSessions: 1, onEnd });
      await write(store, { a: 1 });
      const key = await write(store, { b: 1 });
      assert.deepEqual(await store.readSession(key, at(1)), { b: 1 });
      assert.equal(await store.readSession(key, at(700_000)), undefined);
      await write(store, { c: 1 }, at(700_000));
      await wait(5);
      await store.readSession("no such key", at(1_400_000));
      await wait(5);
      assert.equal(store.size, 0);
    }
  });

  test("may use the store: the bound holds, and the call that ended a session is not disturbed", async () => {
    const archive: string[] = [];
    const store: MemoryStore = memoryStore({
      maxSessions: 2,
      onEnd: async (session, why) => {
        if (why === "evicted") return;
        archive.push(await write(store, { ...session, archived: true }, at(700_000)));
      },
    });
    const key = await write(store, { a: 1 });
    await write(store, { b: 1 }, at(700_000));
    assert.equal(await store.writeSession(key, { a: 2 }, at(700_000)), key);
    assert.equal(store.size, 2);
    await turn();
    assert.equal(store.size, 2);
    assert.deepEqual(await store.readSession(key, at(700_000)), { a: 2 });
    assert.deepEqual(await store.readSession(archive[0] ?? "", at(700_000)), { a: 1, archived: true });
  });
});

describe("the sessions of a principal", () => {
  test("leave their list at their end, which onEnd is told, but not of a revocation", async () => {
    const { store, ends } = listening({ maxSessions: 2 });
    const ofAda = (milliseconds: number): StoreContext => at(milliseconds, { principal: "ada" });
    const listed = async (milliseconds: number): Promise<number[]> =>
      (await store.listSessions("ada", ofAda(milliseconds)))
        .map(({ session }) => Number(session["n"]))
        .toSorted((one, other) => one - other);
    for (const n of [1, 2, 3]) await write(store, { n }, ofAda(n * 1000));
    assert.deepEqual(await listed(4000), [2, 3]);
    assert.deepEqual(await listed(602_001), [3]);
    assert.equal((await store.revokeSessions("ada", {}, ofAda(602_001))).length, 1);
    await wait(5);
    assert.equal(store.size, 0);
    assert.deepEqual(await ends(), [
      [{ n: 1 }, "evicted"],
      [{ n: 2 }, "expired"],
    ]);
    await write(store, { n: 4 }, ofAda(700_000));
    assert.deepEqual(await listed(700_000), [4]);
  });

  test("have times to the second", async () => {
    const store = memoryStore();
    const key = await write(store, {}, at(1999, { principal: "ada" }));
    await store.readSession(key, at(61_500));
    const [listed] = await store.listSessions("ada", at(61_500));
    assert.deepEqual([listed?.created, listed?.lastSeen], [START + 1000, START + 61_000]);
  });
});

describe("an update", () => {
  test("may delete other sessions, which moves its own in memory", async () => {
    const store = memoryStore();
    const [other, key, last] = [
      await write(store, { a: 1 }),
      await write(store, { b: 1 }),
      await write(store, { c: 1 }),
    ];
    const change = (current: SessionData): SessionData => {
      void store.deleteSession(other, at(1));
      void store.deleteSession(last, at(1));
      return { ...current, b: 2 };
    };
    assert.equal(await store.updateSession(key, change, undefined, at(1)), key);
    assert.deepEqual(await store.readSession(key, at(1)), { b: 2 });
    assert.equal(store.size, 1);
  });

  test("may use the store in the getter of its principal", async () => {
    const store = memoryStore();
    const other = await write(store, { a: 1 }, at(0, { principal: "ada" }));
    const key = await write(store, { b: 1 }, at(0, { principal: "ada" }));
    const context: StoreContext = {
      ...at(1),
      get principal() {
        void store.deleteSession(other, at(1));
        return "bob";
      },
    };
    assert.equal(await store.updateSession(key, () => ({ b: 2 }), undefined, context), key);
    assert.deepEqual(await store.listSessions("ada", at(1)), []);
    assert.deepEqual(
      (await store.listSessions("bob", at(1))).map(({ session }) => session),
      [{ b: 2 }],
    );
  });

  test("that changes its own session runs again on the changed one", async () => {
    const store = memoryStore();
    const key = await write(store, { n: 0 });
    let runs = 0;
    const change = (current: SessionData): SessionData => {
      if (runs++ === 0) void store.updateSession(key, (newest) => ({ ...newest, inner: true }), undefined, at(1));
      return { ...current, n: Number(current["n"]) + 1 };
    };
    assert.equal(await store.updateSession(key, change, undefined, at(1)), key);
    assert.deepEqual(await store.readSession(key, at(1)), { n: 1, inner: true });
    assert.equal(runs, 2);
  });

  test("that deletes its own session does not restore it", async () => {
    const store = memoryStore();
    const key = await write(store, { n: 0 });
    const change = (current: SessionData): SessionData => {
      void store.deleteSession(key, at(1));
      return current;
    };
    assert.equal(await store.updateSession(key, change, undefined, at(1)), undefined);
    assert.equal(store.size, 0);
  });

  test("that changes its own session each time is an error, not an endless loop", async () => {
    const store = memoryStore();
    const key = await write(store, { n: 0 });
    const count = (current: SessionData): SessionData => ({ n: Number(current["n"]) + 1 });
    const change = (current: SessionData): SessionData => {
      void store.updateSession(key, count, undefined, at(1));
      return current;
    };
    assert.throws(() => store.updateSession(key, change, undefined, at(1)), /an update changed its own session/);
  });
});

describe("renewSession", () => {
  test("returns the key once per tenth of the Max-Age, and never without one", async () => {
    const store = memoryStore();
    const key = await write(store, { a: 1 });
    const due = async (milliseconds: number, maxAge: number | undefined): Promise<boolean> => {
      const renewed = await store.renewSession(key, { a: 1 }, at(milliseconds, { maxAge }));
      assert.ok(renewed === undefined || renewed === key);
      return renewed === key;
    };
    assert.equal(await due(500_000, undefined), false);
    assert.equal(await due(99_999, 1000), false);
    assert.equal(await due(100_000, 1000), true);
    assert.equal(await due(199_999, 1000), false);
    assert.equal(await due(200_000, 1000), true);
    const odd = await write(store, { a: 1 }, at(999));
    assert.equal(await store.renewSession(odd, { a: 1 }, at(100_500, { maxAge: 1000 })), undefined);
    assert.equal(await store.renewSession("no such key", {}, at(500_000, { maxAge: 1000 })), undefined);
  });

  test("keeps a cookie with a Max-Age alive, at most ten times in its life", async () => {
    const clock = fakeClock();
    const app = wrapSession(({ session }) => (session["user"] === undefined ? { session: { user: "Ada" } } : {}), {
      store: memoryStore(),
      cookieAttrs: { maxAge: 3600 },
      now: clock.now,
    });
    const visitor = createVisitor(app, clock.now);
    await visitor.send("GET", "/");
    let cookies = 0;
    for (let minute = 0; minute < 600; minute++) {
      clock.advance(60);
      if ((await visitor.send("GET", "/")).headers?.["set-cookie"] !== undefined) cookies++;
    }
    assert.equal(cookies, 100);
  });
});

describe("a stored session", () => {
  test("with a value that JSON cannot carry is refused, with its path, and the store is unchanged", async () => {
    const store = memoryStore();
    const key = await write(store, { a: 1 });
    const refused = (path: string) => (error: unknown) =>
      error instanceof SessionDataError && error.message.startsWith(`session.${path};`);
    assert.throws(() => store.writeSession(undefined, { when: new Date() }, at(0)), refused("when is a Date"));
    assert.throws(() => store.writeSession(key, { cart: [{ n: 1n }] }, at(0)), refused("cart[0].n is a BigInt"));
    assert.throws(() => store.updateSession(key, () => ({ n: Number.NaN }), undefined, at(0)), refused("n is NaN"));
    assert.equal(store.size, 1);
    assert.deepEqual(await store.readSession(key, at(0)), { a: 1 });
  });

  test("is decoded by the codec, for onEnd too", async () => {
    const codec: SessionCodec = {
      encode: (session) => String((session["when"] as Date).getTime()),
      decode: (text) => ({ when: new Date(Number(text)) }),
    };
    const { store, ends } = listening({ codec });
    const key = await write(store, { when: new Date(1) });
    const later = (current: SessionData): SessionData => ({ when: new Date((current["when"] as Date).getTime() + 1) });
    await store.updateSession(key, later, undefined, at(0));
    assert.deepEqual(await store.readSession(key, at(0)), { when: new Date(2) });
    await store.readSession(key, at(700_000));
    assert.deepEqual(await ends(), [[{ when: new Date(2) }, "expired"]]);
  });
});

test("options are checked when the store is built", () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ maxSessions: 0 }, "memoryStore: maxSessions must be a whole number of at least 1, got 0"],
    [{ maxSessions: 1.5 }, "memoryStore: maxSessions must be a whole number of at least 1, got 1.5"],
    [{ maxSessions: Infinity }, "memoryStore: maxSessions must be a whole number of at least 1, got Infinity"],
    [{ maxSessions: "9" }, 'memoryStore: maxSessions must be a whole number of at least 1, got "9"'],
    [{ onEnd: {} }, "memoryStore: onEnd must be a function, got an object"],
    [{ codec: JSON }, "memoryStore: codec must be { encode, decode }, two functions, got an object"],
    [{ maxSession: 9 }, 'memoryStore: unknown option "maxSession"; did you mean "maxSessions"?'],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => memoryStore(options), { name: "TypeError", message });
  }
});
