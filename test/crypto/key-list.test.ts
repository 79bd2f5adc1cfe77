import assert from "node:assert/strict";
import { test } from "node:test";

import { keyOrKeys } from "../../src/crypto/key-list.ts";

/** A key is a text of one character. */
function make(where: string, given: unknown): string {
  if (typeof given === "string" && given.length === 1) return given.toUpperCase();
  throw new TypeError(`${where} must be a character, got ${String(given)}`);
}

const kind = { make };
const kindWithOneMadeUp = { make, makeUp: () => "Z", cure: "take one of the alphabet" };

test("one key, or several of which the first comes first", () => {
  for (const each of [kind, kindWithOneMadeUp]) {
    assert.deepEqual(keyOrKeys("store", { key: "a" }, each), ["A"]);
    assert.deepEqual(keyOrKeys("store", { keys: ["a"] }, each), ["A"]);
    assert.deepEqual(keyOrKeys("store", { keys: ["b", "a", "c"] }, each), ["B", "A", "C"]);
  }
  assert.deepEqual(keyOrKeys("store", {}, kindWithOneMadeUp), ["Z"]);
});

test("whatever cannot be meant is refused by name", () => {
  const wrong: readonly (readonly [options: object, kind: typeof kind, message: string])[] = [
    [{}, kind, "store: key must be a character, got undefined"],
    [{ key: undefined }, kind, "store: key must be a character, got undefined"],
    [{ key: undefined }, kindWithOneMadeUp, "store: key is undefined; set it, or leave it out"],
    [{ keys: undefined }, kindWithOneMadeUp, "store: keys is undefined; set it, or leave it out"],
    [{ key: undefined, keys: ["a"] }, kind, "store: key is undefined; set it, or leave it out"],
    [{ key: "a", keys: undefined }, kind, "store: keys is undefined; set it, or leave it out"],
    [{ key: "a", keys: ["a"] }, kind, "store: give key or keys, not both; the first of keys seals"],
    [{ keys: "a" }, kind, "store: keys must be a list, got text; for one key write key"],
    [{ keys: null }, kind, "store: keys must be a list, got null; for one key write key"],
    [{ keys: [] }, kind, "store: keys must have at least one key, got none"],
    [{ keys: [] }, kindWithOneMadeUp, "store: keys must have at least one key, got none; take one of the alphabet"],
    [{ keys: ["a", "long"] }, kind, "store: keys[1] must be a character, got long"],
    // A list with a hole.
    [{ keys: Object.assign(["a"], { length: 2 }) }, kind, "store: keys[1] must be a character, got undefined"],
  ];
  for (const [options, each, message] of wrong) {
    assert.throws(() => keyOrKeys("store", options, each), { name: "TypeError", message });
  }
});
