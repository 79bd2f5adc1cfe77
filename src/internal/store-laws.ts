import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";

import type { AtomicSessionStore, Awaitable, RenewingSessionStore, SessionData, SessionStore, StoreContext } from "../types.ts";
import { randomBytes } from "./random.ts";

/** One thing that every store must do, as a case for any test runner. */
export interface StoreLaw {
  /** What must be true: the name of the test. */
  readonly name: string;
  /**
   * Checks it on a store that `makeStore` makes, empty or not; rejects with an `AssertionError` where it is broken.
   * Some laws are for atomic stores alone, or for stores that keep sessions on the server: for another store they
   * answer that they do not apply.
   */
  readonly check: (makeStore: () => Awaitable<SessionStore>) => Promise<"holds" | "does not apply">;
}

type Store = SessionStore & Partial<RenewingSessionStore>;

const START = 1_700_000_000_000;
const TTL = 600;
const LIVELY: SessionData = Object.fromEntries<unknown>([
  ["user", "Ada"],
  ["count", 3.5],
  ["flags", [true, false, null, [], {}]],
  ["text", 'quotes " \\ / \u0000 \u2028 é 日 😀'],
  ["nested", { a: { b: { c: [1, { d: "e" }] } } }],
  ["__proto__", { polluted: true }],
  ["constructor", "a name like any other"],
]);

/** The laws. Each is checked on a store of its own. */
export const storeLaws: readonly StoreLaw[] = [
  law("an unknown key reads as undefined", async (store) => {
    strictEqual((await store.readSession(newKey(), at(0))) ?? undefined, undefined);
  }),
  law("what is written reads back equal", async (store) => {
    for (const session of [LIVELY, {}]) {
      const key = await store.writeSession(undefined, session, at(0));
      deepStrictEqual(await store.readSession(key, at(1)), session);
    }
  }),
  law("a session written over another replaces it whole", async (store) => {
    const key = await store.writeSession(undefined, { a: 1, b: 2 }, at(0));
    const after = await store.writeSession(key, { b: 3 }, at(1));
    deepStrictEqual(await store.readSession(after, at(2)), { b: 3 });
  }),
  law("what a caller does to an object later is not stored", async (store) => {
    const session = { cart: { items: [1] } };
    const key = await store.writeSession(undefined, session, at(0));
    session.cart.items.push(2);
    const first = (await store.readSession(key, at(1))) as typeof session;
    deepStrictEqual(first, { cart: { items: [1] } });
    first.cart.items.push(3);
    deepStrictEqual(await store.readSession(key, at(2)), { cart: { items: [1] } });
  }),
  law("fresh keys are fit for a cookie and carry at least 128 random bits", async (store) => {
    const keys: string[] = [];
    for (let count = 0; count < 256; count++) keys.push(await store.writeSession(undefined, {}, at(0)));
    for (const key of keys) ok(isCookieSafe(key), `not fit for a cookie: a key of ${key.length} characters`);
    const bits = entropy(keys);
    ok(bits >= 128, `a fresh key carries about ${Math.round(bits)} random bits`);
  }),
  law("deleting twice is fine, and so is deleting what was never there", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    for (const each of [key, key, newKey()]) await store.deleteSession(each, at(1));
  }),
  law("what is deleted is gone", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    if ((await store.writeSession(key, { a: 2 }, at(0))) !== key) return "does not apply";
    await store.deleteSession(key, at(1));
    strictEqual((await store.readSession(key, at(2))) ?? undefined, undefined);
    return "holds";
  }),
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
    ok(await store.readSession(key, { ...at(TTL * 0.9), ttl: undefined }), "it was gone before its time");
    strictEqual((await store.readSession(key, at(TTL * 1.1))) ?? undefined, undefined);
  }),
  law("a malformed key is no session and no error", async (store) => {
    for (const key of ["", " ", "\0", "__proto__", "constructor", "../../etc/passwd", "';--", "é😀", "x".repeat(100_000)]) {
      strictEqual((await store.readSession(key, at(0))) ?? undefined, undefined);
      await store.deleteSession(key, at(0));
    }
  }),
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
    await rejects(async () => store.updateSession(key, fail, undefined, at(1)));
    deepStrictEqual(await store.readSession(key, at(2)), { a: 1 });
  }),
  atomicLaw("an update restarts the idle clock", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    await store.updateSession(key, () => ({ a: 2 }), undefined, at(TTL * 0.9));
    deepStrictEqual(await store.readSession(key, at(TTL * 1.8)), { a: 2 });
  }),
];

function law(name: string, check: (store: Store) => Promise<"holds" | "does not apply" | void>): StoreLaw {
  return { name, check: async (makeStore) => (await check(await makeStore())) ?? "holds" };
}

function atomicLaw(name: string, check: (store: AtomicSessionStore) => Promise<void>): StoreLaw {
  return law(name, async (store) => {
    if (!isAtomic(store)) return "does not apply";
    return check(store);
  });
}

function isAtomic(store: SessionStore & Partial<AtomicSessionStore>): store is AtomicSessionStore {
  return typeof store.updateSession === "function";
}

/** The context of a call some seconds after the start. */
function at(seconds: number): StoreContext & { readonly ttl: number } {
  return { now: START + seconds * 1000, ttl: TTL, cookieName: "ring-session" };
}

function newKey(): string {
  return randomBytes(24).toString("base64url");
}

/** RFC 6265bis, section 4.1.1: no control character, space, quote, comma, semicolon or backslash. */
function isCookieSafe(key: string): boolean {
  return key !== "" && [...key].every((character) => character > " " && character <= "~" && !'",;\\'.includes(character));
}

/** The sum over all positions of the entropy seen at each: fixed parts count for nothing. */
function entropy(keys: readonly string[]): number {
  const length = Math.min(...keys.map((key) => key.length));
  let bits = 0;
  for (let position = 0; position < length; position++) {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key.charAt(position), (counts.get(key.charAt(position)) ?? 0) + 1);
    for (const count of counts.values()) bits -= (count / keys.length) * Math.log2(count / keys.length);
  }
  return bits;
}

function fail(): never {
  throw new RangeError("this update fails");
}
