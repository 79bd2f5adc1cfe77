import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  checkChoice,
  checkFlag,
  checkFunction,
  checkNames,
  checkSeconds,
  checkWhole,
  unknownName,
} from "../../src/shared/options.ts";

const KNOWN = ["store", "root", "cookieName", "cookieAttrs", "timeout", "onEvent", "now"];

describe("checkNames", () => {
  const check = (given: unknown): void => checkNames("wrapSession", "option", given, KNOWN);

  test("accepts known names, with any value", () => {
    check({});
    check({ store: 1, now: undefined });
    check(Object.create(null));
  });

  test("refuses an unknown name", () => {
    const message = 'wrapSession: unknown option "sotre"; did you mean "store"?';
    assert.throws(() => check({ root: "/", sotre: 1 }), { name: "TypeError", message });
    assert.throws(() => check({ sotre: undefined }), { name: "TypeError", message });
    for (const name of ["constructor", "__proto__", "toString"]) {
      const given: unknown = Object.fromEntries([[name, 1]]);
      assert.throws(() => check(given), { message: new RegExp(`unknown option "${name}"`) });
    }
  });

  test("refuses a value that is not a map of options", () => {
    for (const [given, kind] of [
      [null, "null"],
      ["store", "text"],
      [["store"], "a list"],
      [new Map(), "a Map"],
      [() => 1, "a function"],
    ] as const) {
      assert.throws(() => check(given), {
        name: "TypeError",
        message: `wrapSession: options must be an object, got ${kind}`,
      });
    }
  });
});

describe("an option of a kind", () => {
  const kinds: readonly (readonly [
    check: (value: unknown) => void,
    right: readonly unknown[],
    wrong: readonly (readonly [value: unknown, message: string])[],
  ])[] = [
    [
      (value) => checkFunction("serve", "onError", value),
      [() => 1, Map, undefined],
      [
        [null, "serve: onError must be a function, got null"],
        ["log", "serve: onError must be a function, got text"],
      ],
    ],
    [
      (value) => checkFunction("wrapFormats", "html", value, "a function from data to text"),
      [String],
      [[1, "wrapFormats: html must be a function from data to text, got a number"]],
    ],
    [
      (value) => checkFlag("wrapHsts", "preload", value),
      [true, false, undefined],
      [
        ["yes", 'wrapHsts: preload must be true or false, got "yes"'],
        [0, "wrapHsts: preload must be true or false, got 0"],
        [null, "wrapHsts: preload must be true or false, got null"],
      ],
    ],
    [
      (value) => checkChoice("wrapSession", "readFailure", value, ["fail", "empty"]),
      ["fail", "empty", undefined],
      [
        ["none", 'wrapSession: readFailure must be "fail" or "empty", got "none"'],
        [["fail"], 'wrapSession: readFailure must be "fail" or "empty", got a list'],
      ],
    ],
    [
      (value) => checkWhole("serve", "port", value, 0, 65_535),
      [0, 65_535, undefined],
      [
        [-1, "serve: port must be a whole number from 0 to 65535, got -1"],
        [65_536, "serve: port must be a whole number from 0 to 65535, got 65536"],
        [1.5, "serve: port must be a whole number from 0 to 65535, got 1.5"],
        ["80", 'serve: port must be a whole number from 0 to 65535, got "80"'],
      ],
    ],
    [
      (value) => checkWhole("redisStore", "pool", value, 1),
      [1, 1e300],
      [
        [0, "redisStore: pool must be a whole number of at least 1, got 0"],
        [Infinity, "redisStore: pool must be a whole number of at least 1, got Infinity"],
        [null, "redisStore: pool must be a whole number of at least 1, got null"],
      ],
    ],
    [
      (value) => checkSeconds("wrapFile", "maxAge", value),
      [0, 31_536_000, undefined],
      [
        [-1, "wrapFile: maxAge must be a whole number of seconds, got -1"],
        [1.5, "wrapFile: maxAge must be a whole number of seconds, got 1.5"],
        [1e300, "wrapFile: maxAge must be a whole number of seconds, got 1e+300"],
      ],
    ],
  ];
  for (const [check, right, wrong] of kinds) {
    test(wrong[0]?.[1] ?? "", () => {
      for (const value of right) check(value);
      for (const [value, message] of wrong) assert.throws(() => check(value), { name: "TypeError", message });
    });
  }
});

describe("unknownName", () => {
  const nearest = {
    stor: "store",
    stroe: "store",
    Store: "store",
    cookie_name: "cookieName",
    "cookie-attrs": "cookieAttrs",
    cookieAttributes: "cookieAttrs",
    timeouts: "timeout",
    onevent: "onEvent",
    rot: "root",
    COOKIENAME: "cookieName",
    "n-o-w---": "now",
    ___now___: "now",
  };
  for (const [name, known] of Object.entries(nearest)) {
    test(`${name}: ${known}`, () => {
      assert.equal(unknownName("option", name, KNOWN), `unknown option "${name}"; did you mean "${known}"?`);
    });
  }

  test("lists the known names if none is similar", () => {
    assert.equal(
      unknownName("attribute", "colour", ["path", "domain"]),
      'unknown attribute "colour"; known are path, domain',
    );
  });

  test("shows a name with escaped line breaks, and at most a line of it", () => {
    assert.equal(unknownName("option", "a\nb", ["path"]), 'unknown option "a\\nb"; known are path');
    assert.ok(unknownName("option", "x".repeat(100_000), ["path"]).length < 120);
  });
});
