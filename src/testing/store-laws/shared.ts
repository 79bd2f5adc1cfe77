import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";

import type { AtomicSessionStore, SessionData } from "../../types.ts";
import { handleOf } from "../../crypto/session-key.ts";
import { at, isAtomicStore, isIndexed, isInItsKey, law, newKey, type Store, type StoreLaw } from "./law.ts";

/** Laws for two stores on the same data, as two processes have them. */
export const sharedStoreLaws: readonly StoreLaw[] = [
  sharedLaw("what one store does, another on the same data sees", async (one, other) => {
    if (await isInItsKey(one)) return "does not apply";
    const key: string = await one.writeSession(undefined, { a: 1 }, at(0));
    const sees = async (session: SessionData | undefined, seconds: number): Promise<void> => {
      for (const store of [one, other, one]) {
        deepStrictEqual((await store.readSession(key, at(seconds))) ?? undefined, session);
      }
    };
    await sees({ a: 1 }, 1);
    await changeTo(other, key, { a: 2 }, 2);
    await sees({ a: 2 }, 3);
    await changeTo(one, key, { a: 3 }, 4);
    await sees({ a: 3 }, 5);
    await other.deleteSession(key, at(6));
    await sees(undefined, 7);
    return "holds";
  }),
  sharedLaw("of updates through two stores on the same data none is lost", async (one, other) => {
    if (!isAtomicStore(one) || !isAtomicStore(other)) return "does not apply";
    const key = await one.writeSession(undefined, { n: 0 }, at(0));
    const increment = (current: SessionData): SessionData => ({ ...current, n: Number(current["n"]) + 1 });
    const count = async (store: AtomicSessionStore): Promise<void> => {
      const seen = await store.readSession(key, at(0));
      await Promise.all(Array.from({ length: 100 }, async () => store.updateSession(key, increment, seen, at(1))));
    };
    await Promise.all([count(one), count(other)]);
    deepStrictEqual(await one.readSession(key, at(2)), { n: 200 });
    return "holds";
  }),
  sharedLaw("what one store deletes, another on the same data does not bring back", async (one, other) => {
    if (!isAtomicStore(one) || !isAtomicStore(other) || (await isInItsKey(one))) return "does not apply";
    const touch = (current: SessionData): SessionData => ({ ...current, touched: true });
    for (let round = 0; round < 20; round++) {
      const key: string = await one.writeSession(undefined, { a: 1 }, at(0));
      const seen = await one.readSession(key, at(0));
      const seenToo = await other.readSession(key, at(0));
      const updates = [one.updateSession(key, touch, seen, at(1)), other.updateSession(key, touch, seenToo, at(1))];
      // Some rounds delete at once, some a little later, when an update may be halfway.
      for (let turns = 0; turns < round % 4; turns++) await turn();
      await Promise.all([...updates, one.deleteSession(key, at(1)), other.updateSession(key, touch, seenToo, at(1))]);
      strictEqual(await other.updateSession(key, touch, seenToo, at(1)), undefined);
      strictEqual((await one.readSession(key, at(2))) ?? undefined, undefined);
    }
    return "holds";
  }),
  sharedLaw("what one store has written, another on the same data lists and revokes", async (one, other) => {
    if (!isIndexed(one) || !isIndexed(other)) return "does not apply";
    const principal = newKey();
    const key = await one.writeSession(undefined, { a: 1 }, { ...at(0), principal });
    const handles = (await other.listSessions(principal, { ...at(1), principal })).map(({ handle }) => handle);
    deepStrictEqual(handles, [handleOf(key)]);
    deepStrictEqual(await other.revokeSessions(principal, {}, { ...at(2), principal }), handles);
    strictEqual((await one.readSession(key, at(3))) ?? undefined, undefined);
    deepStrictEqual(await one.listSessions(principal, { ...at(3), principal }), []);
    return "holds";
  }),
];

function sharedLaw(name: string, check: (one: Store, other: Store) => Promise<"holds" | "does not apply">): StoreLaw {
  return law(name, async (store, { another }) => {
    if (another === undefined) return "does not apply";
    const other = await another();
    ok(other !== store, "harness.another answered the store itself");
    return check(store, other);
  });
}

async function changeTo(store: Store, key: string, session: SessionData, seconds: number): Promise<void> {
  if (isAtomicStore(store)) await store.updateSession(key, () => session, undefined, at(seconds));
  else await store.writeSession(key, session, at(seconds));
}
