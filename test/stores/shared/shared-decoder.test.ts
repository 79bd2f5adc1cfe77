import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { jsonCodec } from "../../../src/data/json-codec.ts";
import { sharedDecoder } from "../../../src/stores/shared/shared-decoder.ts";
import { freeze } from "../../../src/data/freeze.ts";
import { cookieStore, generateKey } from "../../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import type { SessionData } from "../../../src/types.ts";

const decodeOnce = sharedDecoder(jsonCodec);

/** Decodes a text for the third time: from then on its session is shared. */
function decode(text: string): SessionData {
  decodeOnce(text);
  decodeOnce(text);
  return decodeOnce(text);
}

/** Returns a text that no other test uses. */
function textOf(name: string, length = 0): string {
  return JSON.stringify({ name, nested: { list: [1, { a: 1 }] }, padding: "x".repeat(length) });
}

describe("decoded sessions", () => {
  test("equal their text, and are deeply frozen", () => {
    const session = decode(textOf("frozen"));
    assert.deepEqual(session, JSON.parse(textOf("frozen")));
    assert.throws(() => Reflect.get(session["nested"] as { list: unknown[] }, "list").push(2), TypeError);
    assert.equal(Object.isFrozen(freeze(session)), true);
  });

  test("are decoded again at first: most are read only once", () => {
    const session = decodeOnce(textOf("first"));
    assert.equal(Object.isFrozen(session), false);
    assert.notEqual(decodeOnce(textOf("first")), session);
  });

  test("are decoded once, while they are read often", () => {
    const session = decode(textOf("once"));
    assert.equal(decode(textOf("once")), session);
    for (let other = 0; other < 400; other++) {
      decode(textOf(`other ${other}`, 4000));
      assert.equal(decode(textOf("once")), session);
    }
  });

  test("are dropped when others have taken the room", () => {
    const session = decode(textOf("forgotten"));
    for (let other = 0; other < 400; other++) decode(textOf(`another ${other}`, 4000));
    assert.notEqual(decode(textOf("forgotten")), session);
    assert.deepEqual(decode(textOf("forgotten")), session);
  });

  test("are not shared if their text is long", () => {
    const session = decode(textOf("long", 5000));
    assert.notEqual(decode(textOf("long", 5000)), session);
    assert.deepEqual(decode(textOf("long", 5000)), session);
  });

  test("cannot be made of invalid texts, which are refused each time", () => {
    for (const text of ["{", "[]", "1", "", "{", "[]"]) assert.throws(() => decode(text), TypeError);
  });

  test("of a custom codec are never shared: they may be more than data", () => {
    const dated = sharedDecoder({ encode: JSON.stringify, decode: (text) => ({ at: new Date(text) }) });
    assert.notEqual(dated("2026-01-01"), dated("2026-01-01"));
    assert.equal(Object.isFrozen(dated("2026-01-01")), false);
  });
});

describe("a sealed cookie that was opened before", () => {
  const context = { now: 0, ttl: 60, cookieName: "s" };
  const store = cookieStore({ key: generateKey() });

  test("is no session past its end, even if it was opened in time", async () => {
    const sealed = await store.writeSession(undefined, { n: 1 }, context);
    assert.deepEqual(await store.readSession(sealed, { ...context, now: 60_000 }), { n: 1 });
    const facts: string[] = [];
    const late = { ...context, now: 60_001, report: (fact: string) => void facts.push(fact) };
    assert.equal(await store.readSession(sealed, late), undefined);
    assert.deepEqual(facts, ["expired"]);
    assert.equal(await store.readSession(sealed, { ...context, now: 11_000, ttl: 10 }), undefined);
  });

  test("is no session under another name, with another key, or with an octet changed", async () => {
    const sealed = await store.writeSession(undefined, { n: 1 }, context);
    assert.deepEqual(await store.readSession(sealed, context), { n: 1 });
    assert.equal(await store.readSession(sealed, { ...context, cookieName: "t" }), undefined);
    assert.equal(await cookieStore({ key: generateKey() }).readSession(sealed, context), undefined);
    for (const other of [
      `${sealed.slice(0, -1)}${sealed.endsWith("A") ? "B" : "A"}`,
      `${sealed}=`,
      sealed.slice(0, -1),
    ]) {
      assert.equal(await store.readSession(other, context), undefined);
    }
  });

  test("of the same process is read like any other", async () => {
    const key = generateKey();
    const times = { ...context, now: 1.5, ttl: 0.0101 };
    const [own, other] = [cookieStore({ key }), cookieStore({ key })];
    const sealed = await own.writeSession(undefined, { n: 1 }, times);
    for (const now of [1, 11, 11.6, 12, 12.1]) {
      const read = async (each: typeof own): Promise<unknown> => each.readSession(sealed, { ...context, now });
      assert.deepEqual(await read(own), await read(other), String(now));
    }
  });
});

describe("stores that share decoded sessions", () => {
  const context = { now: 0, ttl: 60, cookieName: "s", maxAge: 60 };

  test("keep visitors apart whose data are the same", async () => {
    const store = memoryStore();
    const ada = await store.writeSession(undefined, { n: 1 }, context);
    const bob = await store.writeSession(undefined, { n: 1 }, context);
    await store.updateSession(ada, (current) => ({ ...current, n: 2 }), undefined, context);
    assert.deepEqual(await store.readSession(bob, context), { n: 1 });
    assert.deepEqual(await store.readSession(ada, context), { n: 2 });
  });

  test("renew a stale cookie, and not the fresh one of a visitor with the same data", async () => {
    const store = cookieStore({ key: generateKey() });
    const stale = await store.writeSession(undefined, { n: "same" }, context);
    const later = { ...context, now: 30_000 };
    const fresh = await store.writeSession(undefined, { n: "same" }, later);
    let [first, second] = [await store.readSession(fresh, later), await store.readSession(stale, later)];
    for (let again = 0; again < 3; again++) {
      [first, second] = [await store.readSession(fresh, later), await store.readSession(stale, later)];
    }
    assert.deepEqual(first, second);
    assert.equal(await store.renewSession(fresh, first ?? {}, later), undefined);
    assert.notEqual(await store.renewSession(stale, second ?? {}, later), undefined);
  });
});
