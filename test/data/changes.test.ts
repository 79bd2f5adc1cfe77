import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { applyChanges, changesBetween } from "../../src/data/changes.ts";
import type { SessionData } from "../../src/types.ts";

const keys = fc.constantFrom("a", "b", "c", "__proto__", "constructor", "toString");
const value = fc.oneof(fc.constantFrom(1, 2, null, "x", undefined), fc.array(fc.constantFrom(1, 2), { maxLength: 2 }));
const session: fc.Arbitrary<SessionData> = fc.dictionary(keys, value);

describe("changesBetween", () => {
  test("finds keys that were added, changed and removed, and no others", () => {
    const before = { same: [1], changed: { a: 1 }, removed: 1, undone: 1, absent: undefined };
    const after = { same: [1], changed: { a: 2 }, added: null, undone: undefined, none: undefined };
    const expected = [
      ["changed", { a: 2 }],
      ["added", null],
      ["removed", undefined],
      ["undone", undefined],
    ];
    assert.deepEqual([...changesBetween(before, after)], expected);
  });

  test("finds no changes between equal sessions, in any order of keys", () => {
    assert.equal(changesBetween({ a: { b: 1, c: 2 }, d: undefined }, { a: { c: 2, b: 1 } }).size, 0);
  });

  test("ignores inherited properties", () => {
    for (const key of ["__proto__", "constructor", "toString"]) {
      const there: SessionData = Object.fromEntries([[key, Reflect.get({}, key)]]);
      assert.deepEqual([...changesBetween({}, there)], [[key, there[key]]], key);
      assert.deepEqual([...changesBetween(there, {})], [[key, undefined]], key);
    }
  });
});

describe("applyChanges", () => {
  test("changes the named keys, and keeps all others in their order", () => {
    const given = Object.freeze({ a: 1, b: 2, c: 3, d: undefined });
    const applied = applyChanges(
      given,
      new Map<string, unknown>([
        ["b", undefined],
        ["c", 4],
        ["e", 5],
        ["f", undefined],
      ]),
    );
    assert.deepEqual(Object.entries(applied), [
      ["a", 1],
      ["c", 4],
      ["e", 5],
    ]);
  });

  test("sets a key __proto__ as data", () => {
    const applied = applyChanges({}, new Map([["__proto__", { admin: true }]]));
    assert.equal(Object.getPrototypeOf(applied), Object.prototype);
    assert.deepEqual(Object.getOwnPropertyDescriptor(applied, "__proto__")?.value, { admin: true });
    assert.deepEqual(Object.keys(applyChanges(applied, new Map([["a", 1]]))), ["__proto__", "a"]);
  });

  test("property: the changes between two sessions lead from one to the other", () => {
    const property = fc.property(session, session, (before, after) => {
      assert.deepEqual(applyChanges(before, changesBetween(before, after)), defined(after));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("property: changes that share no key both survive, in either order", () => {
    const property = fc.property(session, session, session, fc.func(fc.boolean()), (base, one, other, isFirst) => {
      const first = changesBetween(base, { ...base, ...only(one, isFirst) });
      const second = changesBetween(base, { ...base, ...only(other, (key) => !isFirst(key)) });
      const both = applyChanges(applyChanges(base, first), second);
      assert.deepEqual(both, applyChanges(applyChanges(base, second), first));
      for (const [key, value] of [...first, ...second]) {
        assert.deepEqual(Object.getOwnPropertyDescriptor(both, key)?.value, value, key);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("of two changes to the same key the last one survives", () => {
    const applied = applyChanges(applyChanges({ a: 0 }, new Map([["a", 1]])), new Map([["a", 2]]));
    assert.deepEqual(applied, { a: 2 });
  });
});

function only(session: SessionData, isWanted: (key: string) => boolean): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([key]) => isWanted(key)));
}

function defined(session: SessionData): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([, member]) => member !== undefined));
}
