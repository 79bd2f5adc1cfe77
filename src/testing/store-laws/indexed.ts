import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import type { IndexedSessionStore } from "../../types.ts";
import { handleOf } from "../../crypto/session-key.ts";
import { principalLaws } from "./principal.ts";
import { at, indexedLaw, isAtomicStore, looking, newKey, TTL, type StoreLaw } from "./law.ts";
import { changeFor, expectListed, handles, listFor, listedHandles, revokeFor, writeFor } from "./calls.ts";

/** Texts that are no handle of a session. */
const NO_HANDLES = ["", " ", "\0", "__proto__", "constructor", "*", "é😀", "\ud800", "x".repeat(100_000)];

/** Laws for stores that index sessions by principal. */
export const indexedStoreLaws: readonly StoreLaw[] = [
  indexedLaw("a list holds the live sessions of its principal, and nobody else's", async (store) => {
    const [ada, bob] = [newKey(), newKey()];
    const first = await writeFor(store, ada, { user: "Ada", n: 1 }, 0);
    await writeFor(store, bob, { user: "Bob" }, 0);
    await writeFor(store, undefined, { user: "Ada", ofNobody: true }, 0);
    const second = await writeFor(store, ada, { user: "Ada", n: 2 }, 1);
    const listed = (await listFor(store, ada, 2)).map(({ handle, session }) => [handle, session]);
    deepStrictEqual(Object.fromEntries(listed), {
      [handleOf(first)]: { user: "Ada", n: 1 },
      [handleOf(second)]: { user: "Ada", n: 2 },
    });
    strictEqual(listed.length, 2);
    deepStrictEqual(await listFor(store, newKey(), 2), []);
  }),
  indexedLaw("a list has handles, and never a key", async (store) => {
    const principal = newKey();
    const key = await writeFor(store, principal, { a: 1 }, 0);
    const [listed] = await listFor(store, principal, 1);
    strictEqual(listed?.handle, handleOf(key));
    ok(!JSON.stringify(listed).includes(key), "the list has the key in it");
  }),
  indexedLaw("a list says when a session was made and last used", async (store) => {
    const principal = newKey();
    const key = await writeFor(store, principal, { a: 1 }, 0);
    await expectTimes(store, principal, 0, 1);
    await store.readSession(key, at(TTL * 0.5));
    await expectTimes(store, principal, TTL * 0.5, TTL * 0.5 + 1);
    await changeFor(store, principal, key, { a: 2 }, TTL);
    await expectTimes(store, principal, TTL, TTL * 1.4);
  }),
  indexedLaw("what is deleted, or is over, is in no list and is not revoked", async (store) => {
    const principal = newKey();
    const [deleted, gone, over] = await Promise.all([1, 2, 3].map(async (n) => writeFor(store, principal, { n }, 0)));
    const kept = await writeFor(store, principal, { kept: true }, 2, { ttl: undefined, idle: undefined });
    await store.deleteSession(deleted ?? "", { ...at(3), principal });
    await store.deleteSession(gone ?? "", at(3));
    await expectListed(store, principal, 4, [over ?? "", kept]);
    await expectListed(store, principal, TTL * 1000, [kept]);
    deepStrictEqual(await revokeFor(store, principal, {}, TTL * 1000), [handleOf(kept)]);
    await expectListed(store, principal, TTL * 1000, []);
  }),
  indexedLaw("a session that is kept alive stays in the list", async (store) => {
    const principal = newKey();
    const key = await writeFor(store, principal, { a: 1 }, 0);
    for (let count = 1; count <= 5; count++) {
      ok(await store.readSession(key, at(TTL * 0.9 * count)), "it was gone before its time");
      await expectListed(store, principal, TTL * 0.9 * count + 1, [key]);
    }
    await expectListed(store, principal, TTL * 5.4, [key]);
    deepStrictEqual(await revokeFor(store, principal, {}, TTL * 5.4), [handleOf(key)]);
  }),
  indexedLaw("a session whose principal changes moves to the other list, and out of all without one", async (store) => {
    const [ada, bob] = [newKey(), newKey()];
    const key = await writeFor(store, ada, { user: "Ada" }, 0);
    await changeFor(store, bob, key, { user: "Bob" }, 1, ada);
    await expectListed(store, ada, 2, []);
    await expectListed(store, bob, 2, [key]);
    deepStrictEqual(await revokeFor(store, ada, {}, 3), []);
    deepStrictEqual(await revokeFor(store, ada, { only: handleOf(key) }, 3), []);
    await changeFor(store, undefined, key, { user: "nobody" }, 4, bob);
    await expectListed(store, bob, 5, []);
    await changeFor(store, ada, key, { user: "Ada again" }, 6);
    await expectListed(store, ada, 7, [key]);
    strictEqual(await store.writeSession(key, { user: "Bob" }, { ...at(8), principal: bob }), key);
    await expectListed(store, ada, 9, []);
    await expectListed(store, bob, 9, [key]);
    deepStrictEqual(await store.readSession(key, at(10)), { user: "Bob" });
  }),
  indexedLaw("revoking ends all sessions of a principal, all but one, or one, and answers which", async (store) => {
    const [ada, bob] = [newKey(), newKey()];
    const keys = await Promise.all([1, 2, 3, 4].map(async (n) => writeFor(store, ada, { n }, 0)));
    const [first = "", second = "", third = "", fourth = ""] = keys;
    const other = await writeFor(store, bob, { user: "Bob" }, 0);
    deepStrictEqual(await revokeFor(store, ada, { only: handleOf(second) }, 1), [handleOf(second)]);
    await expectListed(store, ada, 1, [first, third, fourth]);
    deepStrictEqual(await revokeFor(store, ada, { except: handleOf(third) }, 2), handles([first, fourth]));
    await expectListed(store, ada, 2, [third]);
    deepStrictEqual(await revokeFor(store, ada, {}, 3), [handleOf(third)]);
    deepStrictEqual(await revokeFor(store, ada, {}, 3), []);
    await expectListed(store, ada, 3, []);
    for (const key of keys) strictEqual((await store.readSession(key, at(4))) ?? undefined, undefined);
    await expectListed(store, bob, 4, [other]);
    deepStrictEqual(await store.readSession(other, at(4)), { user: "Bob" });
  }),
  indexedLaw("a handle of somebody else, or that is none, revokes and spares nothing", async (store) => {
    const [ada, bob] = [newKey(), newKey()];
    const own = await writeFor(store, ada, { a: 1 }, 0);
    const other = await writeFor(store, bob, { b: 1 }, 0);
    const strange = [...NO_HANDLES, handleOf(other), handleOf(newKey()), own, ada];
    for (const only of strange) deepStrictEqual(await revokeFor(store, ada, { only }, 1), [], only.slice(0, 50));
    await expectListed(store, ada, 2, [own]);
    deepStrictEqual(await store.readSession(other, at(2)), { b: 1 });
    deepStrictEqual(await revokeFor(store, ada, { except: ada }, 2), [handleOf(own)]);
    for (const except of strange) {
      const key = await writeFor(store, ada, { a: 1 }, 3);
      deepStrictEqual(await revokeFor(store, ada, { except }, 3), [handleOf(key)], except.slice(0, 50));
    }
    deepStrictEqual(await store.readSession(other, at(4)), { b: 1 });
  }),
  indexedLaw("what was revoked is not brought back by an update", async (store) => {
    if (!isAtomicStore(store)) return "does not apply";
    const principal = newKey();
    for (let round = 0; round < 5; round++) {
      const key = await writeFor(store, principal, { a: 1 }, 0);
      const seen = await store.readSession(key, at(0));
      const update = async (): Promise<unknown> =>
        store.updateSession(key, (current) => ({ ...current, b: 2 }), seen, { ...at(1), principal });
      await Promise.all([update(), revokeFor(store, principal, {}, 1), update(), update()]);
      strictEqual(await update(), undefined);
      strictEqual((await store.readSession(key, at(2))) ?? undefined, undefined);
      await expectListed(store, principal, 2, []);
    }
    return "holds";
  }),
  indexedLaw("after changes at the same time, what is in the list is what can be read", async (store) => {
    const [ada, bob] = [newKey(), newKey()];
    const keys = await Promise.all(Array.from({ length: 24 }, async (_, n) => writeFor(store, ada, { n }, 0)));
    const changes = keys.map(async (key, n) => {
      if (n % 4 === 0) return store.deleteSession(key, at(1));
      if (n % 4 === 1) return changeFor(store, bob, key, { n, user: "Bob" }, 1, ada);
      if (n % 4 === 2) return revokeFor(store, ada, { only: handleOf(key) }, 1);
      return changeFor(store, ada, key, { n, more: true }, 1);
    });
    const added = Array.from({ length: 8 }, async (_, n) => writeFor(store, ada, { n, added: true }, 1));
    await Promise.all(changes);
    const more = await Promise.all(added);
    await expectListed(store, ada, 2, [...keys.filter((_, n) => n % 4 === 3), ...more]);
    await expectListed(
      store,
      bob,
      2,
      keys.filter((_, n) => n % 4 === 1),
    );
    const during = Array.from({ length: 8 }, async (_, n) => writeFor(store, ada, { n, late: true }, 3));
    await Promise.all([revokeFor(store, ada, {}, 3), ...during]);
    const alive: string[] = [];
    for (const key of [...keys, ...more, ...(await Promise.all(during))]) {
      if (await store.readSession(key, looking(4))) alive.push(key);
    }
    const listed = [...(await listedHandles(store, ada, 4)), ...(await listedHandles(store, bob, 4))];
    deepStrictEqual(listed.toSorted(), handles(alive));
  }),
  indexedLaw("a principal may have a hundred sessions", async (store) => {
    const principal = newKey();
    const keys = await Promise.all(Array.from({ length: 100 }, async (_, n) => writeFor(store, principal, { n }, 0)));
    await expectListed(store, principal, 1, keys);
    const [kept = "", ...others] = keys;
    deepStrictEqual(await revokeFor(store, principal, { except: handleOf(kept) }, 2), handles(others));
    await expectListed(store, principal, 3, [kept]);
  }),
  ...principalLaws,
];

/**
 * Checks the times in a list: sessions were made at the start, and last used `used` seconds after it. The last use may
 * be a little earlier, because a store may save writes.
 */
async function expectTimes(store: IndexedSessionStore, principal: string, used: number, now: number): Promise<void> {
  const start = at(0).now;
  for (const { created, lastSeen } of await listFor(store, principal, now)) {
    ok(Math.abs(created - start) <= 1000, `created is ${created - start} ms from when it was made`);
    const lag = start + used * 1000 - lastSeen;
    ok(lag >= -1000 && lag <= TTL * 100 + 1000, `lastSeen is ${lag} ms before it was last used`);
  }
}
