import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { migrating, type Migration } from "../../../src/stores/shared/migration.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import type { SessionData, SessionStore, StoreContext } from "../../../src/types.ts";
import { plainStore } from "../../support/traced.ts";

const START = 1_700_000_000_000;
const until = new Date(START + 1000);

function at(milliseconds: number): StoreContext {
  return { now: START + milliseconds, ttl: 60, cookieName: "ring-session" };
}

/** Makes a new store that takes over from an old one. `between` runs while a session is being moved. */
function moving(between: () => unknown = () => undefined) {
  const from = plainStore();
  const store = memoryStore();
  const insert = async (key: string, session: SessionData, context: StoreContext): Promise<boolean> => {
    if (store.readSession(key, context)) return false;
    await store.writeSession(key, session, context);
    await between();
    return true;
  };
  return { from, store, both: migrating("testStore", store, insert, { from, until }) };
}

describe("until the date", () => {
  test("a session of the old store moves to the new one when it is read", async () => {
    const { from, store, both } = moving();
    await from.writeSession("old-key", { a: 1 }, at(0));
    assert.deepEqual(await both.readSession("old-key", at(1)), { a: 1 });
    assert.equal(await from.readSession("old-key", at(2)), undefined);
    assert.deepEqual(await store.readSession("old-key", at(2)), { a: 1 });
  });

  test("two readers at once both get the session", async () => {
    const { from, both } = moving();
    await from.writeSession("old-key", { a: 1 }, at(0));
    const sessions = await Promise.all([both.readSession("old-key", at(1)), both.readSession("old-key", at(1))]);
    assert.deepEqual(sessions, [{ a: 1 }, { a: 1 }]);
  });

  test("a log-out deletes from both, even a session that was never read", async () => {
    const { from, both } = moving();
    await from.writeSession("old-key", { a: 1 }, at(0));
    await both.deleteSession("old-key", at(1));
    assert.equal(await both.readSession("old-key", at(2)), undefined);
  });

  test("a log-out in the middle of a move is not undone", async () => {
    const setting: { logOut?: () => unknown } = {};
    const { from, store, both } = moving(() => setting.logOut?.());
    await from.writeSession("old-key", { a: 1 }, at(0));
    setting.logOut = () => from.deleteSession("old-key", at(1));
    assert.equal(await both.readSession("old-key", at(1)), undefined);
    assert.equal(await store.readSession("old-key", at(2)), undefined);
  });

  test("a store that fails in the middle of a move leaves the session where it was", async () => {
    for (const failing of ["readSession", "deleteSession"] as const) {
      const { from, store } = moving();
      await from.writeSession("old-key", { a: 1 }, at(0));
      let calls = 0;
      const flaky: SessionStore = {
        ...from,
        async [failing](...args: never[]): Promise<never> {
          // The first read finds the session; the second one fails.
          if (failing === "readSession" && ++calls === 1) return Reflect.apply(from.readSession, from, args) as never;
          throw new Error("connection refused");
        },
      };
      const insert = (key: string, session: SessionData, context: StoreContext): boolean => {
        void store.writeSession(key, session, context);
        return true;
      };
      const both = migrating("testStore", store, insert, { from: flaky, until });
      await assert.rejects(async () => both.readSession("old-key", at(1)), /connection refused/);
      assert.equal(await store.readSession("old-key", at(2)), undefined, failing);
    }
  });

  test("an update that deletes, deletes from both", async () => {
    const { from, store, both } = moving();
    await store.writeSession("key", { a: 1 }, at(0));
    await from.writeSession("key", { a: 1 }, at(0));
    assert.equal(await both.updateSession("key", () => null, undefined, at(1)), "key");
    assert.equal(await both.readSession("key", at(2)), undefined);
  });

  test("a key that neither store knows leads to no session", async () => {
    assert.equal(await moving().both.readSession("unknown", at(1)), undefined);
  });
});

test("from the date on the old store is no longer asked", async () => {
  const { from, both } = moving();
  await from.writeSession("old-key", { a: 1 }, at(0));
  assert.equal(await both.readSession("old-key", at(1000)), undefined);
  await both.deleteSession("old-key", at(1000));
  assert.deepEqual(await from.readSession("old-key", at(1000)), { a: 1 });
});

test("without a migration the store itself is returned; a mistake throws when it is built", () => {
  const store = memoryStore();
  assert.equal(
    migrating("testStore", store, () => true, undefined),
    store,
  );
  const mistakes: readonly (readonly [object, RegExp])[] = [
    [{ form: plainStore() }, /testStore: migrate: unknown option "form"; did you mean "from"\?/],
    [{ from: {} as SessionStore, until }, /migrate\.from must be a session store, got an object/],
    [{ from: plainStore(), until: new Date("soon") }, /migrate\.until must be a Date that is one/],
    [{ from: plainStore() }, /migrate\.until must be a Date that is one, got undefined/],
  ];
  for (const [migration, message] of mistakes) {
    assert.throws(() => migrating("testStore", store, () => true, migration as Migration), message);
  }
});
