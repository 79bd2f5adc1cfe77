import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { textCache } from "../../../src/stores/shared/text-cache.ts";

describe("a value in the cache", () => {
  test("stays while it is read", () => {
    const values = textCache<number>(100);
    values.set("kept", 1);
    for (let other = 0; other < 1000; other++) {
      values.set(`other ${other}`, other);
      assert.equal(values.get("kept"), 1);
    }
  });

  test("is dropped when newer ones have filled the room twice", () => {
    const values = textCache<number>(100);
    values.set("forgotten", 1);
    for (let other = 0; other < 10; other++) values.set(`other ${other}`.padEnd(50), other);
    assert.equal(values.get("forgotten"), undefined);
  });

  test("is one of at most twice the room", () => {
    const values = textCache<number>(1000);
    const texts = Array.from({ length: 500 }, (_, index) => String(index).padEnd(100));
    for (const text of texts) values.set(text, 0);
    const held = texts.filter((text) => values.get(text) !== undefined);
    assert.ok(held.length <= 20, `${held.length} texts of 100 characters`);
  });

  test("is never one under a long text", () => {
    const values = textCache<number>(1_000_000);
    values.set("x".repeat(4097), 1);
    values.set("x".repeat(4096), 2);
    assert.equal(values.get("x".repeat(4097)), undefined);
    assert.equal(values.get("x".repeat(4096)), 2);
  });

  test("is the newest one under its text, and no inherited property", () => {
    const values = textCache<number>(100);
    values.set("__proto__", 1);
    values.set("__proto__", 2);
    assert.equal(values.get("__proto__"), 2);
    assert.equal(values.get("constructor"), undefined);
  });
});

describe("setIfSeenBefore returns whether a text is worth remembering", () => {
  test("true from the second time on", () => {
    const values = textCache<number>(100);
    assert.deepEqual(
      [values.setIfSeenBefore("once", 0), values.setIfSeenBefore("once", 0), values.setIfSeenBefore("other", 0)],
      [false, true, false],
    );
  });

  test("texts that differ only in the middle are told apart", () => {
    const values = textCache<number>(100);
    const texts = Array.from({ length: 100 }, (_, index) => `${"x".repeat(120)}${index}${"y".repeat(120)}`);
    const known = texts.filter((text) => values.setIfSeenBefore(text, 0));
    assert.ok(known.length < 5, `${known.length} of 100 texts were taken for others`);
  });

  test("false for a text offered long ago, and for a long text", () => {
    const values = textCache<number>(100);
    values.setIfSeenBefore("long ago", 0);
    for (let other = 0; other < 100_000; other++) values.setIfSeenBefore(`other ${other}`, 0);
    assert.equal(values.setIfSeenBefore("long ago", 0), false);
    assert.deepEqual(
      [values.setIfSeenBefore("x".repeat(4097), 0), values.setIfSeenBefore("x".repeat(4097), 0)],
      [false, false],
    );
  });
});
