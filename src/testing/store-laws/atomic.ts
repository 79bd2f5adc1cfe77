import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";

import type { SessionData } from "../../types.ts";
import { at, atomicLaw, newKey, spoil, TTL, type StoreLaw } from "./law.ts";

/** Laws for stores that change a session in one indivisible step. */
export const atomicStoreLaws: readonly StoreLaw[] = [
  atomicLaw("an update changes the newest session, whatever the caller has seen", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const seen = await store.readSession(key, at(0));
    strictEqual(await store.updateSession(key, (current) => ({ ...current, b: 2 }), seen, at(1)), key);
    await store.updateSession(key, (current) => ({ ...current, c: 3 }), seen, at(2));
    await store.updateSession(key, (current) => ({ ...current, d: 4 }), undefined, at(3));
    deepStrictEqual(await store.readSession(key, at(4)), { a: 1, b: 2, c: 3, d: 4 });
  }),
  atomicLaw("of updates at the same time none is lost", async (store) => {
    const key = await store.writeSession(undefined, { n: 0 }, at(0));
    const seen = await store.readSession(key, at(0));
    const increment = (current: SessionData): SessionData => ({ ...current, n: Number(current["n"]) + 1 });
    await Promise.all(Array.from({ length: 100 }, async () => store.updateSession(key, increment, seen, at(1))));
    deepStrictEqual(await store.readSession(key, at(2)), { n: 100 });
  }),
  atomicLaw("an update never brings back what was deleted", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const seen = await store.readSession(key, at(0));
    await store.deleteSession(key, at(1));
    strictEqual(await store.updateSession(key, (current) => ({ ...current, b: 2 }), seen, at(2)), undefined);
    strictEqual((await store.readSession(key, at(3))) ?? undefined, undefined);
  }),
  atomicLaw("an update that meets a deletion does not undo it", async (store) => {
    const touch = (current: SessionData): SessionData => ({ ...current, touched: true });
    for (let round = 0; round < 20; round++) {
      const key = await store.writeSession(undefined, { a: 1 }, at(0));
      const update = async (): Promise<unknown> => store.updateSession(key, touch, { a: 1 }, at(1));
      const updates = [update(), update()];
      // Some rounds delete at once, some a little later, when an update may be halfway.
      for (let turns = 0; turns < round % 4; turns++) await turn();
      await Promise.all([...updates, store.deleteSession(key, at(1)), update(), update()]);
      strictEqual((await store.readSession(key, at(2))) ?? undefined, undefined);
    }
  }),
  atomicLaw("an update never brings back what has expired, nor makes what never was", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    for (const each of [key, newKey(), "", "__proto__"]) {
      strictEqual(await store.updateSession(each, () => ({ b: 2 }), { a: 1 }, at(TTL + 1)), undefined);
      strictEqual((await store.readSession(each, at(TTL + 1))) ?? undefined, undefined);
    }
  }),
  atomicLaw("an update that answers null deletes, and answers the key", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    strictEqual(await store.updateSession(key, () => null, undefined, at(1)), key);
    strictEqual((await store.readSession(key, at(2))) ?? undefined, undefined);
    strictEqual(await store.updateSession(key, () => null, undefined, at(3)), undefined);
  }),
  atomicLaw("an update that throws changes nothing", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const failing = (current: SessionData): never => {
      spoil(current);
      throw new RangeError("this update fails");
    };
    await rejects(async () => store.updateSession(key, failing, undefined, at(1)));
    deepStrictEqual(await store.readSession(key, at(2)), { a: 1 });
  }),
  atomicLaw("what a caller does to the objects of an update later is not stored", async (store) => {
    const key = await store.writeSession(undefined, { cart: { items: [1] } }, at(0));
    const objects: unknown[] = [await store.readSession(key, at(0))];
    const change = (current: SessionData): SessionData => {
      const next = { ...current, b: { c: 2 } };
      objects.push(current, next);
      return next;
    };
    await store.updateSession(key, change, undefined, at(1));
    spoil(objects);
    deepStrictEqual(await store.readSession(key, at(2)), { cart: { items: [1] }, b: { c: 2 } });
  }),
];
