import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import type { AtomicSessionStore, SessionData, SessionStore } from "../../types.ts";
import { atomicStoreLaws } from "./atomic.ts";
import { entropyOf } from "./entropy.ts";
import { expiringStoreLaws } from "./expiring.ts";
import { failingStoreLaws } from "./failing.ts";
import { indexedStoreLaws } from "./indexed.ts";
import { sharedStoreLaws } from "./shared.ts";
import { at, isAtomicStore, isInItsKey, law, newKey, spoil, type StoreLaw } from "./law.ts";

const LIVELY: SessionData = Object.fromEntries<unknown>([
  ["user", "Ada"],
  ["count", 3.5],
  ["flags", [true, false, null, [], {}]],
  ["text", 'quotes " \\ / \u0000 \u2028 é 日 😀'],
  ["nested", { a: { b: { c: [1, { d: "e" }] } } }],
  ["__proto__", { polluted: true }],
  ["constructor", "a name like any other"],
]);

/** Sessions with values that JSON drops, changes or cannot write. */
const UNUSUAL = unusual(
  new Date(0),
  new Map([[1, 2]]),
  new Set([1]),
  1n,
  Number.NaN,
  Infinity,
  [undefined],
  Symbol("s"),
);

const MALFORMED_KEYS = [
  "",
  " ",
  "\0",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "';--",
  "é😀",
  "\ud800",
  "x".repeat(100_000),
];

/** Large sessions. A store may refuse them, but must not cut them. */
const LONG_SESSION: SessionData = { text: "x".repeat(1_000_000), wide: "é日😀".repeat(1000) };
const LARGE: readonly SessionData[] = [
  LONG_SESSION,
  Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key ${index}`, index])),
  deeplyNested(100),
];

/**
 * The laws that every store obeys, and further ones for some stores: for atomic ones, for those with an index, for
 * those that a harness can break, and for two stores on the same data. Each law is checked on a store of its own.
 */
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
  law("sessions are kept apart", async (store) => {
    const ada = await store.writeSession(undefined, { user: "Ada" }, at(0));
    const bob = await store.writeSession(undefined, { user: "Bob" }, at(0));
    const after = await store.writeSession(ada, { user: "Ada", items: 1 }, at(1));
    deepStrictEqual(await store.readSession(bob, at(2)), { user: "Bob" });
    await store.deleteSession(bob, at(3));
    deepStrictEqual(await store.readSession(after, at(4)), { user: "Ada", items: 1 });
  }),
  law("a session written over another replaces it whole", async (store) => {
    const key = await store.writeSession(undefined, { a: 1, b: 2 }, at(0));
    const after = await store.writeSession(key, { b: 3 }, at(1));
    deepStrictEqual(await store.readSession(after, at(2)), { b: 3 });
  }),
  law("what a caller does to an object later is not stored", async (store) => {
    const session = { cart: { items: [1] } };
    const key = await store.writeSession(undefined, session, at(0));
    spoil(session);
    const first = await store.readSession(key, at(1));
    deepStrictEqual(first, { cart: { items: [1] } });
    spoil(first);
    deepStrictEqual(await store.readSession(key, at(2)), { cart: { items: [1] } });
  }),
  law("what it could not give back unchanged is refused", async (store) => {
    for (const session of UNUSUAL) {
      const key = await keyIfWritten(store, session);
      if (key !== undefined) deepStrictEqual(await store.readSession(key, at(1)), session);
    }
  }),
  law("a fresh key is fit for a cookie and carries at least 128 random bits", async (store) => {
    const keys: string[] = [];
    for (let count = 0; count < 512; count++) keys.push(await store.writeSession(undefined, {}, at(0)));
    for (const key of keys) ok(isCookieSafe(key), `not fit for a cookie: a key of ${key.length} characters`);
    // For 128 random bits the estimate is 127.6 at least (see entropyOf). The limit leaves a margin below that.
    const bits = entropyOf(keys);
    ok(bits >= 127.2, `a fresh key carries about ${bits.toFixed(1)} random bits`);
  }),
  law("deleting twice is fine, and so is deleting what was never there", async (store) => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    for (const each of [key, key, newKey()]) await store.deleteSession(each, at(1));
  }),
  law("what is deleted is gone", async (store) => {
    if (await isInItsKey(store)) return "does not apply";
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    await store.deleteSession(key, at(1));
    strictEqual((await store.readSession(key, at(2))) ?? undefined, undefined);
    return "holds";
  }),
  law("a malformed key is no session and no error", async (store) => {
    for (const key of MALFORMED_KEYS) {
      strictEqual((await store.readSession(key, at(0))) ?? undefined, undefined);
      await store.deleteSession(key, at(0));
    }
  }),
  law("a large session comes back equal, or is refused when it is written", async (store) => {
    for (const session of LARGE) {
      const key = await keyIfWritten(store, session);
      if (key !== undefined) ok(isDeepStrictEqual(await store.readSession(key, at(1)), session), "it was changed");
    }
    if (isAtomicStore(store)) await enlarge(store);
  }),
  ...expiringStoreLaws,
  ...atomicStoreLaws,
  ...indexedStoreLaws,
  ...sharedStoreLaws,
  ...failingStoreLaws,
];

/**
 * Whether a key can be the value of a cookie (RFC 6265bis, section 4.1.1): it has no control character, space, quote,
 * comma, semicolon or backslash.
 */
function isCookieSafe(key: string): boolean {
  return (
    key !== "" && [...key].every((character) => character > " " && character <= "~" && !'",;\\'.includes(character))
  );
}

function unusual(...values: readonly unknown[]): readonly SessionData[] {
  return values.map((value) => ({ nested: [{ value }] }));
}

function deeplyNested(depth: number): SessionData {
  return depth === 0 ? {} : { a: depth % 2 === 0 ? [deeplyNested(depth - 1)] : deeplyNested(depth - 1) };
}

/** Makes a small session a large one by an update. Checks that it is large then, or as it was. */
async function enlarge(store: AtomicSessionStore): Promise<void> {
  const key = await store.writeSession(undefined, { small: true }, at(0));
  const answer = await Promise.resolve(store.updateSession(key, () => LONG_SESSION, undefined, at(1))).catch(
    () => "refused",
  );
  const expected = answer === "refused" ? { small: true } : LONG_SESSION;
  ok(isDeepStrictEqual(await store.readSession(key, at(2)), expected), "an update changed it");
}

/** Writes a session, and returns its key, or undefined if the store refused it. */
async function keyIfWritten(store: SessionStore, session: SessionData): Promise<string | undefined> {
  try {
    return await store.writeSession(undefined, session, at(0));
  } catch {
    return undefined;
  }
}
