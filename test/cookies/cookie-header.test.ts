import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { cookiesRequest } from "../../src/cookies/cookies.ts";
import { cookieHeader, unquoted, valuesNamed } from "../../src/cookies/cookie-header.ts";
import { formDecode } from "../../src/http/form-encoding.ts";

describe("valuesNamed", () => {
  const found: readonly (readonly [header: string, values: readonly string[]])[] = [
    ["", []],
    ["sid", []],
    ["sid=1", ["1"]],
    ["sid=", [""]],
    [" \tsid \t= \t1 \t; a=b", ["1"]],
    ["a=b;sid=1=2;c=d", ["1=2"]],
    ['sid="1"; sid=1; sid=2', ["1", "2"]],
    ["sid=%41", ["%41"]],
    ["asid=1; sida=2; a=sid=3; a=; sid; =sid; a sid=4; SID=5; %73id=6", []],
    ["\xA0sid=1; \uFEFFsid=2; sid\xA0=3; \nsid=4", []],
  ];
  for (const [header, values] of found) {
    test(JSON.stringify(header), () => assert.deepEqual(valuesNamed(header, "sid", 9), values));
  }

  test("returns no more than asked for, and equal values once", () => {
    assert.deepEqual(valuesNamed("sid=1; sid=1; sid=2; sid=3", "sid", 2), ["1", "2"]);
    assert.deepEqual(valuesNamed("sid=1", "sid", 0), []);
  });

  test("property: finds the same value as a full parse, for any header and name", () => {
    const names = ["a", "aa", "a-a", "__Host-a", "__proto__", "constructor"];
    const pieces = [...names, ...'=;," \t\xA0\uFEFF\n%+', "=1;", "; ", "%41", "%4", "b"];
    const header = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join("")),
      fc.string({ unit: "binary" }),
    );
    const property = fc.property(header, fc.constantFrom(...names), (cookie, name) => {
      const { cookies } = cookiesRequest({ headers: { cookie } });
      const parsed = Object.hasOwn(cookies, name) ? cookies[name]?.value : undefined;
      const scanned = valuesNamed(cookie, name, Infinity).map(formDecode);
      const scannedFirst = scanned.find((value) => value !== undefined);
      assert.equal(scannedFirst, parsed);
    });
    fc.assert(property, { numRuns: 5000 });
  });
});

describe("cookieHeader", () => {
  const header = (cookie: string | readonly string[] | undefined): string => cookieHeader({ headers: { cookie } });

  test("is one text, for no header, one or many", () => {
    assert.equal(cookieHeader({ headers: {} }), "");
    assert.equal(header(undefined), "");
    assert.equal(header([]), "");
    assert.equal(header("a=1"), "a=1");
    assert.equal(header(["a=1", "b=2; c=3"]), "a=1; b=2; c=3");
  });

  test("ends after 200 cookies", () => {
    assert.equal(header("a=;".repeat(200)), `${"a=;".repeat(199)}a=`);
    assert.equal(header("a=;".repeat(1000)), `${"a=;".repeat(199)}a=`);
    assert.equal(
      header(Array.from({ length: 1000 }, () => "a=1")),
      Array.from({ length: 200 }, () => "a=1").join("; "),
    );
    assert.equal(header(`${"a=;".repeat(199)}a=1`), `${"a=;".repeat(199)}a=1`);
  });

  test("ends with the last cookie that is complete within 16 KiB", () => {
    const cookie = (octets: number): string => `a=${"x".repeat(octets - 2)}`;
    assert.equal(header(cookie(16_384)), cookie(16_384));
    assert.equal(header(`${cookie(16_384)}; b=1`), `${cookie(16_384)};`);
    assert.equal(header(`b=1; ${cookie(16_384)}`), "b=1;");
    assert.equal(header(cookie(16_385)), "");
    assert.equal(header([cookie(10_000), cookie(10_000)]), `${cookie(10_000)};`);
  });
});

test("unquoted removes one pair of quotes, if there are both", () => {
  const values = { '"a"': "a", '""': "", '"': '"', '"a': '"a', 'a"': 'a"', '""a""': '"a"', "'a'": "'a'", "": "" };
  for (const [quoted, value] of Object.entries(values)) assert.equal(unquoted(quoted), value);
});
