import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import type { SessionStore, StoreContext } from "../../types.ts";
import { at, atomicLaw, law, looking, TTL, type StoreLaw } from "./law.ts";

const DAYS_400 = 400 * 24 * 60 * 60;

/** Laws about the end of a session. Times are checked to within one second. */
export const expiringStoreLaws: readonly StoreLaw[] = [
  law("after its time a session is gone", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    strictEqual((await store.readSession(key, at(TTL + 1))) ?? undefined, undefined);
  }),
  law("reading restarts the idle clock", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const session = await store.readSession(key, at(TTL * 0.9));
    ok(session, "it was gone before its time");
    const renewed = (await store.renewSession?.(key, session, at(TTL * 0.9))) ?? key;
    deepStrictEqual(await store.readSession(renewed, at(TTL * 1.8)), { a: 1 });
    strictEqual((await store.readSession(renewed, at(TTL * 2.9))) ?? undefined, undefined);
  }),
  law("a read without a time to live leaves the clock alone", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    ok(await store.readSession(key, looking(TTL * 0.9)), "it was gone before its time");
    strictEqual((await store.readSession(key, at(TTL * 1.1))) ?? undefined, undefined);
  }),
  law("a write without a time to live sets no end", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, looking(0));
    deepStrictEqual(await store.readSession(key, looking(TTL * 100_000)), { a: 1 });
  }),
  law("a session ends when its time is over, to a second", async (store) => {
    const written = await store.writeSession(undefined, { a: 1 }, at(0));
    await endsAt(store, written, TTL);
    const start = TTL * 2;
    const key = await store.writeSession(undefined, { a: 1 }, at(start));
    const session = await store.readSession(key, at(start + TTL * 0.9));
    ok(session, "it was gone before its time");
    const renewed = (await store.renewSession?.(key, session, at(start + TTL * 0.9))) ?? key;
    await endsAt(store, renewed, start + TTL * 1.9);
  }),
  law("a time to live may have a fraction, and may be 400 days", async (store) => {
    const briefly = await store.writeSession(undefined, { a: 1 }, lasting(0, 0.25));
    const short = await store.writeSession(undefined, { a: 1 }, lasting(0, 90.5));
    const long = await store.writeSession(undefined, { a: 1 }, lasting(0, DAYS_400));
    strictEqual((await store.readSession(briefly, looking(1.5))) ?? undefined, undefined);
    await endsAt(store, short, 90.5);
    await endsAt(store, long, DAYS_400);
  }),
  atomicLaw("an update restarts the idle clock", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    await store.updateSession(key, () => ({ a: 2 }), undefined, at(TTL * 0.9));
    deepStrictEqual(await store.readSession(key, at(TTL * 1.8)), { a: 2 });
  }),
  atomicLaw("an update is in time until the last second", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    strictEqual(await store.updateSession(key, () => ({ a: 2 }), undefined, at(TTL - 1)), key);
    await endsAt(store, key, TTL * 2 - 1);
    strictEqual(await store.updateSession(key, () => ({ a: 3 }), undefined, at(TTL * 2)), undefined);
  }),
];

function lasting(seconds: number, ttl: number): StoreContext {
  return { ...at(seconds), ttl, idle: ttl };
}

async function endsAt(store: SessionStore, key: string, seconds: number): Promise<void> {
  ok(await store.readSession(key, looking(seconds - 1)), "it was gone before its time");
  strictEqual((await store.readSession(key, looking(seconds + 1))) ?? undefined, undefined);
}
