import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { headerName, headerValues, trimmed, uncacheable, withHeader } from "../../src/http/headers.ts";
import type { Headers } from "../../src/types.ts";

describe("a header of a map", () => {
  test("is found in any case", () => {
    assert.equal(headerName({ vary: "a" }, "vary"), "vary");
    assert.equal(headerName({ "X-A": "1", Vary: "a" }, "vary"), "Vary");
    assert.equal(headerName({ "vary-not": "a", var: "b" }, "vary"), undefined);
  });

  test("is absent if it is undefined, or only inherited", () => {
    assert.equal(headerName({ vary: undefined }, "vary"), undefined);
    assert.equal(headerName({ Vary: undefined }, "vary"), undefined);
    assert.equal(headerName({ vary: undefined, Vary: "a" }, "vary"), "Vary");
    assert.equal(headerName({}, "constructor"), undefined);
    assert.deepEqual(headerValues({ vary: undefined }, "vary"), []);
  });

  test("has the values of all its spellings", () => {
    assert.deepEqual(headerValues({ vary: "a", "x-vary": "-", VARY: ["b", "c"], Vary: undefined }, "vary"), [
      "a",
      "b",
      "c",
    ]);
  });

  test("replaces all its spellings", () => {
    const headers = Object.freeze({ "x-a": "1", vary: "a", Vary: "b" });
    assert.deepEqual(withHeader(headers, "vary", "c"), { "x-a": "1", vary: "c" });
    assert.deepEqual(withHeader({ VARY: "b" }, "vary", ["c"]), { vary: ["c"] });
    assert.deepEqual(withHeader({}, "vary", "c"), { vary: "c" });
  });
});

describe("uncacheable", () => {
  const made = (headers: Headers): Headers | undefined => uncacheable({ headers }).headers;

  test("forbids caching, unless the response says otherwise", () => {
    assert.deepEqual(uncacheable({ body: "hi" }), {
      body: "hi",
      headers: { "cache-control": "no-store", vary: "Cookie" },
    });
    for (const name of ["cache-control", "Cache-Control", "CACHE-CONTROL"]) {
      assert.deepEqual(made({ [name]: "private" }), { [name]: "private", vary: "Cookie" });
      assert.deepEqual(made({ [name]: undefined }), { "cache-control": "no-store", vary: "Cookie" });
    }
  });

  const given: readonly (readonly [vary: string | readonly string[] | undefined, made: string | readonly string[]])[] =
    [
      [undefined, "Cookie"],
      ["", "Cookie"],
      ["Accept", "Accept, Cookie"],
      ["Accept ,\tOrigin", "Accept, Origin, Cookie"],
      [["Accept", "Origin, X"], "Accept, Origin, X, Cookie"],
      ["Cookies", "Cookies, Cookie"],
      ["Cookie", "Cookie"],
      ["Accept, cOOKIE", "Accept, cOOKIE"],
      [
        ["Accept", "Origin ,cookie "],
        ["Accept", "Origin ,cookie "],
      ],
      ["*", "*"],
      [
        ["Accept", "*"],
        ["Accept", "*"],
      ],
    ];
  for (const [vary, expected] of given) {
    test(`varies by cookie, if Vary is ${JSON.stringify(vary)}`, () => {
      assert.deepEqual(made({ "cache-control": "", vary }), { "cache-control": "", vary: expected });
    });
  }

  test("finds Vary in any case", () => {
    assert.deepEqual(made({ "cache-control": "", Vary: "Accept" }), { "cache-control": "", vary: "Accept, Cookie" });
    assert.deepEqual(made({ "cache-control": "", VARY: "Cookie" }), { "cache-control": "", VARY: "Cookie" });
  });

  test("does not change the given response", () => {
    const response = Object.freeze({ headers: Object.freeze({ vary: "Accept" }) });
    assert.notEqual(uncacheable(response), response);
  });
});

test("trimmed removes SP and HTAB, and no other white space", () => {
  assert.equal(trimmed(" \t a \t b\t "), "a \t b");
  assert.equal(trimmed(" \t "), "");
  for (const space of "\v\f\r\n\0\x85\xA0\u1680\u2000\u2028\u3000\uFEFF") {
    assert.equal(trimmed(` ${space}a${space} `), `${space}a${space}`);
  }
});
