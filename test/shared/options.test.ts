import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { checkNames, unknownName } from "../../src/shared/options.ts";

const KNOWN = ["store", "root", "cookieName", "cookieAttrs", "timeout", "onEvent", "now"];

describe("checkNames", () => {
  const check = (given: unknown): void => checkNames("wrapSession", "option", given, KNOWN);

  test("passes names that are known, whatever they hold", () => {
    check({});
    check({ store: 1, now: undefined });
    check(Object.create(null));
  });

  test("refuses a name that nobody knows", () => {
    const message = 'wrapSession: unknown option "sotre"; did you mean "store"?';
    assert.throws(() => check({ root: "/", sotre: 1 }), { name: "TypeError", message });
    assert.throws(() => check({ sotre: undefined }), { name: "TypeError", message });
    for (const name of ["constructor", "__proto__", "toString"]) {
      const given: unknown = Object.fromEntries([[name, 1]]);
      assert.throws(() => check(given), { message: new RegExp(`unknown option "${name}"`) });
    }
  });

  test("refuses what is no map of options", () => {
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

  test("lists what is known where nothing is near", () => {
    assert.equal(
      unknownName("attribute", "colour", ["path", "domain"]),
      'unknown attribute "colour"; known are path, domain',
    );
  });

  test("shows a name without its line breaks, and not more than a line of it", () => {
    assert.equal(unknownName("option", "a\nb", ["path"]), 'unknown option "a\\nb"; known are path');
    assert.ok(unknownName("option", "x".repeat(100_000), ["path"]).length < 120);
  });
});
