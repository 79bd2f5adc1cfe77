import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { isPlainList, isPlainObject, kindOf, show } from "../../src/shared/values.ts";

class Cart {
  items = [];
}
class Stack extends Array<number> {}
const Anonymous = (() =>
  class {
    items = [];
  })();

/** Values, their kind, whether they are a plain object or a plain list, and how a message shows them. */
const things: readonly (readonly [
  thing: unknown,
  kind: string,
  plain: "object" | "list" | "neither",
  shown?: string,
])[] = [
  [{}, "an object", "object"],
  [{ constructor: Cart }, "an object", "object"],
  [Object.create(null), "an object", "object"],
  [runInNewContext("({})"), "an object", "object"],
  [[], "a list", "list"],
  [runInNewContext("[]"), "a list", "list"],
  [new Stack(), "a Stack", "neither"],
  [Object.create({ inherited: 1 }), "an Object", "neither"],
  [new Cart(), "a Cart", "neither"],
  [new Anonymous(), "a class instance", "neither"],
  [new Map(), "a Map", "neither"],
  [new URL("http://a"), "a URL", "neither"],
  [new Error("no"), "an Error", "neither"],
  [new Date(0), "a Date", "neither", "1970-01-01T00:00:00.000Z"],
  [new Date(NaN), "a Date", "neither", "an invalid Date"],
  [Object("boxed"), "a String", "neither"],
  [null, "null", "neither"],
  [undefined, "undefined", "neither"],
  [() => 1, "a function", "neither"],
  [Symbol("s"), "a symbol", "neither"],
  [1n, "a BigInt", "neither"],
  [1.5, "a number", "neither", "1.5"],
  [NaN, "NaN", "neither", "NaN"],
  [-Infinity, "-Infinity", "neither", "-Infinity"],
  [true, "a boolean", "neither", "true"],
  ["a\n", "text", "neither", '"a\\n"'],
  ["x".repeat(100_000), "text", "neither", `"${"x".repeat(59)}…`],
];

for (const [thing, kind, plain, shown = kind] of things) {
  test(`${shown.slice(0, 30)} is ${kind}`, () => {
    assert.equal(kindOf(thing), kind);
    assert.equal(show(thing), shown);
    assert.equal(isPlainObject(thing), plain === "object");
    assert.equal(isPlainList(thing), plain === "list");
  });
}
