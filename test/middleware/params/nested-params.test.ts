import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";

import { nestedParamsRequest, wrapNestedParams } from "../../../src/middleware/params/nested-params.ts";
import { wrapParams } from "../../../src/middleware/params/params.ts";
import { plain } from "../requests.ts";

const nest = (params: object, options?: Parameters<typeof nestedParamsRequest>[1]): unknown =>
  plain(nestedParamsRequest({ params }, options).params);

describe("names become keys", () => {
  const cases: readonly (readonly [object, object])[] = [
    [{ a: "1" }, { a: "1" }],
    [{ "a[b]": "1" }, { a: { b: "1" } }],
    [{ "a[b][c]": "1", "a[b][d]": "2", "a[e]": "3" }, { a: { b: { c: "1", d: "2" }, e: "3" } }],
    [{ "a[]": "1" }, { a: ["1"] }],
    [{ "a[]": ["1", "2"] }, { a: ["1", "2"] }],
    [{ "a[b][]": ["1", "2"] }, { a: { b: ["1", "2"] } }],
    [{ "a[b]": ["1", "2"] }, { a: { b: ["1", "2"] } }],
    [{ "a[][id]": ["1", "2"], "a[][n]": "3" }, { a: [{ id: "1" }, { id: "2" }, { n: "3" }] }],
    [{ "a[][]": ["1", "2"] }, { a: [{ "": "1" }, { "": "2" }] }],
    [{ "a[][b][]": "1" }, { a: [{ b: ["1"] }] }],
    [{ a: ["1", "2"] }, { a: ["1", "2"] }],
    [{ a: "1", "a[]": "2" }, { a: ["1", "2"] }],
    [{ "a[]": "1", a: ["2", "3"] }, { a: ["1", "2", "3"] }],
    // If names contradict each other, the later one counts. Ring does so too, or answers 500.
    [{ a: "1", "a[b]": "2" }, { a: { b: "2" } }],
    [{ "a[b]": "1", "a[b][c]": "2" }, { a: { b: { c: "2" } } }],
    [{ "a[]": "1", "a[b]": "2" }, { a: { b: "2" } }],
    [{ a: "1", "a[b][]": "2" }, { a: { b: ["2"] } }],
    // As in Ring's pattern: a name with unmatched brackets is one key, and text between brackets is ignored.
    [
      { "a[": "1", "b]": "2", "c]d[e]": "3", "f[g": "4", "h[i]j": "5" },
      { "a[": "1", "b]": "2", "c]d[e]": "3", "f[g": "4", "h[i]j": "5" },
    ],
    [
      { "a[b]c[d]": "1", "e[[f]]": "2" },
      { a: { b: { d: "1" } }, e: { f: "2" } },
    ],
    [{ "[a]": "1", "": "2" }, { "": [{ a: "1" }, "2"] }],
  ];
  for (const [flat, expected] of cases) {
    test(JSON.stringify(flat), () => assert.deepEqual(nest(flat), expected));
  }
});

test("files are values, alone and in lists, and stay the same objects", () => {
  const [one, two] = [{ filename: "1" }, { filename: "2" }];
  const { params } = nestedParamsRequest({ params: { "user[photo]": one, "more[]": [one, two], all: [one, two] } });
  assert.deepEqual(plain(params), { user: { photo: one }, more: [one, two], all: [one, two] });
  assert.equal((params as unknown as { user: { photo: object } }).user.photo, one);
});

test("data from JSON stay unchanged", () => {
  const data = { list: [{ id: 1 }], one: [{ id: 1 }], none: [], deep: { "a[b]": 1 }, n: null, yes: true };
  assert.deepEqual(nest(data), data);
});

test("no name changes a prototype", () => {
  const names = [
    "__proto__",
    "__proto__[x]",
    "__proto__[]",
    "a[__proto__]",
    "a[__proto__][x]",
    "a[][__proto__]",
    "a[][__proto__][x]",
  ];
  const params = Object.fromEntries(names.map((name) => [name, "polluted"]));
  Object.defineProperty(params, "__proto__", { value: "polluted", enumerable: true });
  assert.deepEqual(nest(params), { a: [{}, {}, {}] });
  assert.deepEqual(nest({ "constructor[prototype][x]": "1" }), { constructor: { prototype: { x: "1" } } });
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("a name with more keys than maxDepth stays unchanged", () => {
  assert.deepEqual(nest({ "a[b][c]": "1", "d[e]": "2" }, { maxDepth: 2 }), { "a[b][c]": "1", d: { e: "2" } });
  const deep = `a${"[b]".repeat(100_000)}`;
  assert.deepEqual(nest({ [deep]: "1" }), { [deep]: "1" });
});

test("the option keyParser replaces the parser", () => {
  assert.deepEqual(nest({ "a.b": "1", "c.": "2" }, { keyParser: (name) => name.split(".") }), {
    a: { b: "1" },
    c: ["2"],
  });
});

test("a second run changes nothing, and no input is changed", () => {
  const params = Object.freeze({ "a[b]": Object.freeze(["1", "2"]), "c[]": "3", "d[e][f]": "4" });
  const once = nestedParamsRequest({ params });
  assert.deepEqual(nestedParamsRequest(once), once);
  const frozen = plain(once.params);
  nestedParamsRequest({ params: { ...once.params, "d[e][g]": "5" } });
  assert.deepEqual(plain(once.params), frozen);
});

test("a given list is not changed, and a new list is not copied for each value", () => {
  const values = Object.freeze(Array.from({ length: 300_000 }, String));
  const { params } = nestedParamsRequest({ params: { a: values, "a[]": "x", "b[c][]": values, "b[c]": values } });
  const { a, b } = params as unknown as { a: string[]; b: { c: string[] } };
  assert.deepEqual([values.length, a.length, b.c.length], [300_000, 300_001, 600_000]);
  assert.equal(a.at(-1), "x");
});

test("a request without params is unchanged", () => {
  const request: { params?: object } = {};
  assert.equal(nestedParamsRequest(request), request);
});

test("property: it never throws, never changes a prototype, and loses no value of consistent names", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "[",
    "]",
    "[]",
    "[a]",
    "[b]",
    "__proto__",
    "[__proto__]",
    "constructor",
    "[prototype]",
    "",
  );
  const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const value = fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const { params } = nestedParamsRequest({ params: Object.fromEntries(pairs) });
      checkPrototypes(params);
      assert.deepEqual(Object.keys(Object.prototype), []);
    }),
  );
  const path = fc.array(fc.stringMatching(/^[a-z]{1,2}$/), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.uniqueArray(path, { selector: String }), (paths) => {
      const params: object = Object.fromEntries(paths.map(([a, b, c]) => [`${a}[${b}][${c}]`, `${a}${b}${c}`]));
      const nested = nestedParamsRequest({ params }).params as Record<string, Record<string, Record<string, string>>>;
      for (const [a = "", b = "", c = ""] of paths) assert.equal(nested[a]?.[b]?.[c], a + b + c);
    }),
  );
});

test("in a stack", () => {
  const app = wrapParams(wrapNestedParams(({ params }) => ({ body: JSON.stringify(params) })));
  const request = { method: "GET", uri: "/", headers: {}, queryString: "user[name]=Ada&tags[]=a&tags[]=b" };
  assert.deepEqual(app(request), { body: '{"user":{"name":"Ada"},"tags":["a","b"]}' });
});

test("mistakes throw when the middleware is built", () => {
  const handler = () => null;
  assert.throws(() => wrapNestedParams(handler, { keyparser: 1 } as object), /did you mean "keyParser"/);
  assert.throws(() => wrapNestedParams(handler, { keyParser: 1 as never }), /keyParser must be a function/);
  assert.throws(
    () => wrapNestedParams(handler, { maxDepth: Infinity }),
    /maxDepth must be a whole number from 1 to 1000/,
  );
  assert.throws(() => wrapNestedParams(null as never), /handler must be a function/);
});

function checkPrototypes(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  assert.ok(Array.isArray(value) || Object.getPrototypeOf(value) === null);
  assert.ok(!Object.hasOwn(value, "__proto__"));
  for (const each of Object.values(value) as unknown[]) checkPrototypes(each);
}
