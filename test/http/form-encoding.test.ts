import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import { formDecode, formEncode } from "../../src/http/form-encoding.ts";

const wellFormed = fc.string({ unit: "binary" });

describe("formEncode", () => {
  test("keeps letters, digits and -._* and codes the rest", () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const kept = ascii.filter((character) => formEncode(character) === character).join("");
    assert.equal(kept, "*-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
    assert.equal(formEncode("a b"), "a+b");
    assert.equal(formEncode("~'()!"), "%7E%27%28%29%21");
    assert.equal(formEncode(""), "");
    assert.equal(formEncode("a\uD800b"), "a%EF%BF%BDb");
  });

  test("writes what URLSearchParams writes", () => {
    const property = fc.property(wellFormed, (text) => {
      assert.equal(formEncode(text), new URLSearchParams({ v: text }).toString().slice("v=".length));
    });
    fc.assert(property);
  });
});

describe("formDecode", () => {
  test("reads back what formEncode wrote", () => {
    fc.assert(fc.property(wellFormed, (text) => assert.equal(formDecode(formEncode(text)), text)));
  });

  test("reads form-encoded text as URLSearchParams does", () => {
    const codes = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("hex").replaceAll(/../g, "%$&"));
    const pieces = fc.array(fc.oneof(codes, fc.constantFrom(...'aZ9+-._*=?#" ')));
    const property = fc.property(pieces, (some) => {
      const text = some.join("");
      assert.equal(formDecode(text), new URLSearchParams(`v=${text}`).get("v"));
    });
    fc.assert(property);
  });

  test("keeps the characters beside a code that is not UTF-8", () => {
    assert.equal(formDecode("é%FFé+😀&"), "é\uFFFDé 😀&");
  });

  test("returns undefined exactly if a percent sign starts no code", () => {
    const text = fc.string({ unit: fc.constantFrom(..."%%%09afAFgG@`:/é\uD800") });
    const property = fc.property(text, (some) => {
      assert.equal(formDecode(some) === undefined, /%(?![0-9A-Fa-f]{2})/.test(some));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
