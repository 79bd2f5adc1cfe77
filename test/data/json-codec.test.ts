import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";

import fc from "fast-check";

import { SessionDataError } from "../../src/errors.ts";
import { checkedCodec, jsonCodec } from "../../src/data/json-codec.ts";
import type { SessionData } from "../../src/types.ts";

const { encode, decode } = jsonCodec;
const CURE = "JSON cannot carry it back: keep text, numbers, lists and plain objects, or give the store a codec";

class Cart {
  items = [];
}
class Stack extends Array<number> {}

function refuses(session: unknown, what: string): void {
  const expected = { name: "SessionDataError", code: "ERR_SESSION_DATA", message: `${what}; ${CURE}` };
  assert.throws(() => encode(session as SessionData), expected);
}

describe("a value that JSON cannot carry is refused, with its path", () => {
  const when = new Date(0);
  const refused: readonly (readonly [session: unknown, what: string])[] = [
    [{ cart: { items: [1, { ok: true }, { when }] } }, "session.cart.items[2].when is a Date"],
    [{ "a b": when }, 'session["a b"] is a Date'],
    [{ "": { "1a": when } }, 'session[""]["1a"] is a Date'],
    [{ $a: { _b1: { "c-d": when } } }, 'session.$a._b1["c-d"] is a Date'],
    [{ é: { "a\n": when } }, 'session["é"]["a\\n"] is a Date'],
    [{ "0": { 1: when } }, 'session["0"]["1"] is a Date'],
    [{ list: [[when]] }, "session.list[0][0] is a Date"],
    [{ n: NaN }, "session.n is NaN"],
    [{ n: [Infinity] }, "session.n[0] is Infinity"],
    [{ n: -Infinity }, "session.n is -Infinity"],
    [{ list: [1, undefined] }, "session.list[1] is undefined"],
    [{ list: Object.assign([], { 0: 1, length: 2 }) }, "session.list[1] is undefined"],
    [{ list: Object.assign([], { length: 4_294_967_295 }) }, "session.list[0] is undefined"],
    [{ n: 1n }, "session.n is a BigInt"],
    [{ s: Symbol("s") }, "session.s is a symbol"],
    [{ f: () => 1 }, "session.f is a function"],
    [{ a: { toJSON: () => 1 } }, "session.a.toJSON is a function"],
    [{ m: new Map([["a", 1]]) }, "session.m is a Map"],
    [{ m: new Set() }, "session.m is a Set"],
    [{ cart: new Cart() }, "session.cart is a Cart"],
    [{ bytes: new Uint8Array(1) }, "session.bytes is a Uint8Array"],
    [{ boxed: [Object("text")] }, "session.boxed[0] is a String"],
    [{ boxed: Object(1) }, "session.boxed is a Number"],
    [{ boxed: Object(true) }, "session.boxed is a Boolean"],
    [{ error: new RangeError("no") }, "session.error is a RangeError"],
    [{ pattern: /a/ }, "session.pattern is a RegExp"],
    [{ stack: new Stack() }, "session.stack is a Stack"],
    [{ found: /b/.exec("abc") }, "session.found.index is a property of a list"],
    [{ list: Object.assign([1], { toJSON: () => 2 }) }, "session.list.toJSON is a property of a list"],
    [{ a: { [Symbol("s")]: 1 } }, "session.a has a symbol for a key"],
    [{ a: Object.assign([1], { [Symbol("s")]: 1 }) }, "session.a has a symbol for a key"],
    [Object.fromEntries([["__proto__", when]]), "session.__proto__ is a Date"],
    [when, "session is a Date"],
  ];
  for (const [session, what] of refused) test(what, () => refuses(session, what));

  test("if it contains itself", () => {
    const cart: Record<string, unknown> = {};
    cart["items"] = [{ cart }];
    refuses({ cart }, "session.cart.items[0].cart contains itself");
    const list: unknown[] = [];
    list.push(list);
    refuses({ list }, "session.list[0] contains itself");
  });

  test("if it is nested too deep", () => {
    const nested = (depth: number): SessionData => (depth === 1 ? {} : { a: nested(depth - 1) });
    assert.deepEqual(decode(encode(nested(500))), nested(500));
    refuses(nested(501), "session.a.a.a.a is nested more than 500 deep");
    refuses(nested(5000), "session.a.a.a.a is nested more than 500 deep");
  });

  test("in an error without the value, and with at most a line of a key", () => {
    assert.throws(
      () => encode({ ["k".repeat(100_000)]: () => "hunter2" }),
      (error) => {
        assert.ok(error instanceof SessionDataError && error instanceof TypeError);
        assert.ok(error.message.length < 250 && !error.message.includes("hunter2"), error.message);
        return true;
      },
    );
  });
});

describe("a value that JSON can carry", () => {
  test("comes back equal", () => {
    const shared = { a: 1 };
    for (const session of [
      {},
      {
        text: "é\0\uD800\u2028",
        n: [0, -1.5, 1e308, 5e-324],
        flags: [true, false, null],
        lists: [[], [[]]],
        maps: { a: {} },
      },
      { one: shared, other: [shared, shared] },
      { empty: "", "": 0, "a.b": { "c\nd": 1 } },
    ]) {
      assert.deepEqual(decode(encode(session)), session);
    }
  });

  test("property: comes back equal", () => {
    const session = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ noUnicodeString: false }));
    fc.assert(
      fc.property(session, (some) => assert.deepEqual(decode(encode(some)), own(some))),
      { numRuns: 500 },
    );
  });

  test("may come from another realm, or have no prototype", () => {
    const session = {
      a: runInNewContext("[{ b: [1] }]") as unknown,
      c: Object.assign(Object.create(null), { d: 1 }) as unknown,
    };
    assert.deepEqual(decode(encode(session)), { a: [{ b: [1] }], c: { d: 1 } });
  });

  test("may have properties that are undefined, which are absent", () => {
    assert.equal(encode({ a: undefined, b: { c: undefined, d: [{ e: undefined }] } }), '{"b":{"d":[{}]}}');
  });

  test("may have a key __proto__, which is data", () => {
    const session = decode('{"__proto__":{"admin":true},"a":{"__proto__":[1]}}');
    assert.equal(Object.getPrototypeOf(session), Object.prototype);
    assert.deepEqual(Object.keys(session), ["__proto__", "a"]);
    assert.equal("admin" in session, false);
    assert.equal(encode(session), '{"__proto__":{"admin":true},"a":{"__proto__":[1]}}');
  });

  test("is not changed by encoding", () => {
    const session = Object.freeze({ a: Object.freeze([Object.freeze({ b: 1 })]) });
    assert.equal(encode(session), '{"a":[{"b":1}]}');
  });
});

describe("stored text", () => {
  test("must be an object", () => {
    const kinds = { null: "null", '"a"': "text", "1": "a number", true: "a boolean", "[]": "a list" };
    for (const [text, kind] of Object.entries(kinds)) {
      assert.throws(() => decode(text), { name: "TypeError", message: `stored session is ${kind}, not an object` });
    }
  });

  test("must be JSON, and is not shown in the error otherwise", () => {
    for (const text of ["", "{", "hunter2", '{"password":hunter2}', "{'a':1}"]) {
      assert.throws(
        () => decode(text),
        (error) => {
          assert.ok(error instanceof TypeError && !("cause" in error));
          return error.message === "stored session is not JSON";
        },
      );
    }
  });
});

describe("checkedCodec", () => {
  test("returns the codec, JSON by default", () => {
    const codec = { encode, decode };
    assert.equal(checkedCodec("memoryStore", codec), codec);
    assert.equal(checkedCodec("memoryStore"), jsonCodec);
  });

  test("refuses a value that is not a codec", () => {
    const bad = [
      [null, "null"],
      ["json", "text"],
      [{ encode }, "an object"],
      [{ decode }, "an object"],
      [{ encode, decode: 1 }, "an object"],
    ] as const;
    for (const [codec, kind] of bad) {
      const message = `memoryStore: codec must be { encode, decode }, two functions, got ${kind}`;
      assert.throws(() => checkedCodec("memoryStore", codec as never), { name: "TypeError", message });
    }
  });
});

/** Copies a value, with plain prototypes and with 0 for −0, which JSON does not know. */
function own(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(own);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, own(member)]));
}
