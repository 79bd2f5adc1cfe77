import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import fc from "fast-check";

import { equal } from "../../src/data/equal.ts";

class Stack extends Array<number> {}
class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

/** Makes an object whose own key is also one that every object inherits. */
const odd = (value: unknown): unknown => Object.fromEntries([["__proto__", value]]);
const self = (next: number): object => {
  const made: Record<string, unknown> = { next };
  made["self"] = [made];
  return made;
};
const loop: Record<string, unknown> = {};
loop["next"] = loop;

describe("equal", () => {
  const alike: readonly (readonly [a: unknown, b: unknown])[] = [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: undefined }, {}],
    [{ a: [{ b: undefined, c: 1 }] }, { a: [{ c: 1 }] }],
    [{}, Object.create(null)],
    [NaN, NaN],
    [0, -0],
    [odd(1), odd(1)],
    [odd(undefined), {}],
    [new Date(5), new Date(5)],
    [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
    [new Point(1), new Point(1)],
    [self(1), self(1)],
  ];
  for (const [index, [a, b]] of alike.entries()) {
    test(`is true for two values that are stored alike (${index + 1})`, () => assert.ok(equal(a, b) && equal(b, a)));
  }

  const different: readonly (readonly [a: unknown, b: unknown])[] = [
    [{ a: 1 }, { a: "1" }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: undefined }, { a: null }],
    [{}, null],
    [{}, undefined],
    [{}, []],
    [{ length: 0 }, []],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [Object.assign([], { length: 1 }), [1]],
    [Object.assign([], { 1: 1 }), [5, 1]],
    [odd(1), odd(2)],
    [odd({}), {}],
    [{}, { toString: Object.prototype.toString }],
    [{ constructor: Object }, {}],
    [new Date(5), new Date(6)],
    [new Date(5), {}],
    [new Point(1), { x: 1 }],
    [new Map(), new Set()],
    [true, 1],
    [1n, 1],
    [self(1), self(2)],
    [loop, { next: { next: "end" } }],
    [new Stack(), []],
  ];
  for (const [index, [a, b]] of different.entries()) {
    test(`is false for two values that are not (${index + 1})`, () => assert.ok(!equal(a, b) && !equal(b, a)));
  }

  const data = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 0, 1, -0, "", "a", undefined),
      tie("list"),
      tie("map"),
    ),
    list: fc.array(
      tie("value").filter((value) => value !== undefined),
      { maxLength: 3 },
    ),
    map: fc.dictionary(fc.constantFrom("a", "b", "__proto__", "constructor"), tie("value")),
  })).value;

  test("property: agrees with comparing the two values after JSON", () => {
    const property = fc.property(data, data, (a, b) => {
      assert.equal(equal(a, b), isDeepStrictEqual(stored(a), stored(b)));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("property: is true for a value and its copy by JSON with keys in reverse order", () => {
    const property = fc.property(data, (a) => assert.ok(equal(a, turned(stored(a))) && equal(turned(stored(a)), a)));
    fc.assert(property, { numRuns: 1000 });
  });
});

function stored(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function turned(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turned(member)]),
  );
}
