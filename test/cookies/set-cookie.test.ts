import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { attributesText, checkLength, isTooLong, setCookieText, withSetCookies } from "../../src/cookies/set-cookie.ts";
import type { CookieAttrs, Headers, Response } from "../../src/types.ts";

describe("attributesText", () => {
  const texts: readonly (readonly [attrs: CookieAttrs, text: string])[] = [
    [{}, ""],
    [{ domain: "example.com" }, "; Domain=example.com"],
    [{ path: "/a b" }, "; Path=/a b"],
    [{ secure: true }, "; Secure"],
    [{ httpOnly: true }, "; HttpOnly"],
    [{ partitioned: true }, "; Partitioned"],
    [{ secure: false, httpOnly: false, partitioned: false }, ""],
    [{ maxAge: 0 }, "; Max-Age=0"],
    [{ maxAge: -0 }, "; Max-Age=0"],
    [{ maxAge: 34_560_000 }, "; Max-Age=34560000"],
    [{ expires: new Date(0) }, "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    [{ expires: new Date("1601-02-03T04:05:06.789Z") }, "; Expires=Sat, 03 Feb 1601 04:05:06 GMT"],
    [{ expires: new Date("9999-12-31T23:59:59Z") }, "; Expires=Fri, 31 Dec 9999 23:59:59 GMT"],
    [{ sameSite: "strict" }, "; SameSite=Strict"],
    [{ sameSite: "lax" }, "; SameSite=Lax"],
    [{ sameSite: "none" }, "; SameSite=None"],
    [{ priority: "low" }, "; Priority=Low"],
    [{ priority: "medium" }, "; Priority=Medium"],
    [{ priority: "high" }, "; Priority=High"],
    [{ path: undefined, maxAge: undefined, expires: undefined, secure: undefined, domain: undefined }, ""],
  ];
  for (const [attrs, text] of texts) {
    test(`${JSON.stringify(attrs)} is "${text}"`, () => assert.equal(attributesText("name", attrs), text));
  }

  test("has all attributes, each once", () => {
    const attrs: CookieAttrs = {
      domain: "a.b",
      path: "/",
      secure: true,
      httpOnly: true,
      maxAge: 60,
      expires: new Date(0),
      sameSite: "none",
      partitioned: true,
      priority: "high",
    };
    const expected =
      "; Max-Age=60; Domain=a.b; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None";
    assert.equal(attributesText("name", attrs), expected);
  });
});

describe("setCookieText", () => {
  test("writes each octet that a cookie can carry, and refuses each that it cannot", () => {
    const carried = "!#$%&'()*+-./0123456789:<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    assert.equal(setCookieText("a", carried, "; Path=/"), `a=${carried}; Path=/`);
    const codes = [...Array.from({ length: 256 }, (_, code) => code), 0x100, 0x2028, 0xd800, 0xfeff, 0x1f600];
    for (const octet of codes.map((code) => String.fromCodePoint(code)).filter((one) => !carried.includes(one))) {
      const shown = '",;\\'.includes(octet) ? octet : `U+${hex(octet)}`;
      const message = `cookie "a": the value has ${shown} at 1, which no cookie can carry; encode it`;
      assert.throws(() => setCookieText("a", `x${octet}y`, ""), { name: "CookieError", message });
      assert.throws(() => setCookieText("a", octet, ""), { name: "CookieError" }, `${shown} alone`);
      assert.throws(() => setCookieText("a", `"${octet}"`, ""), { name: "CookieError" }, `${shown} in quotes`);
    }
  });

  test("accepts a pair of quotes around a value, and no other quote", () => {
    assert.equal(setCookieText("a", '"b"', ""), 'a="b"');
    assert.equal(setCookieText("a", '""', ""), 'a=""');
    for (const value of ['"', '"b', 'b"', '"b"c"', '"""']) {
      assert.throws(() => setCookieText("a", value, ""), /the value has " at/);
    }
  });

  test("accepts 4096 octets of name and value, whatever the attributes", () => {
    const longest = "x".repeat(4096 - "name".length);
    const attributes = `; Path=/${"y".repeat(1000)}`;
    assert.equal(setCookieText("name", longest, attributes), `name=${longest}${attributes}`);
    const message = `cookie "name": name and value are 4097 octets, and browsers drop a cookie over 4096; keep less in it, or keep it on the server`;
    assert.throws(() => setCookieText("name", `${longest}x`, ""), { name: "CookieError", message });
    assert.equal(isTooLong("name", longest), false);
    assert.equal(isTooLong("name", `${longest}x`), true);
    assert.throws(() => checkLength("name", `${longest}x`), { name: "CookieError", message });
    assert.doesNotThrow(() => checkLength("name", longest));
  });
});

describe("withSetCookies", () => {
  const lines = (headers: Headers | undefined, ...more: string[]): unknown => {
    const response: Response = headers === undefined ? {} : { headers };
    return withSetCookies(response, more).headers;
  };

  test("adds to the fields of the response, as a list", () => {
    assert.deepEqual(lines(undefined, "a=1"), { "set-cookie": ["a=1"] });
    assert.deepEqual(lines({ "set-cookie": undefined, "x-a": "1" }, "a=1"), { "set-cookie": ["a=1"], "x-a": "1" });
    assert.deepEqual(lines({ "set-cookie": "a=1" }, "b=2"), { "set-cookie": ["a=1", "b=2"] });
    assert.deepEqual(lines({ "set-cookie": ["a=1", "b=2"] }, "c=3", "d=4"), {
      "set-cookie": ["a=1", "b=2", "c=3", "d=4"],
    });
  });

  test("returns the same response if there is nothing to add", () => {
    const response = { headers: { "Set-Cookie": "a=1" } };
    assert.equal(withSetCookies(response, []), response);
  });

  test("joins all spellings into one header", () => {
    const headers = { "Set-Cookie": "a=1", "x-a": "1", "set-cookie": ["b=2"], "SET-COOKIE": ["a=2"] };
    assert.deepEqual(lines(headers, "c=3"), { "x-a": "1", "set-cookie": ["a=2", "b=2", "c=3"] });
  });

  test("keeps the last of each name, and tells names apart as a browser does", () => {
    assert.deepEqual(lines({ "set-cookie": "a=1; Path=/x" }, "a=2; Path=/y"), { "set-cookie": ["a=2; Path=/y"] });
    assert.deepEqual(lines({ "set-cookie": " a =1" }, "a=2"), { "set-cookie": ["a=2"] });
    assert.deepEqual(lines({ "set-cookie": ["a", "ab", "b; Path=/"] }, "ac=1", "=2"), { "set-cookie": ["=2", "ac=1"] });
    const different = ["a=1", "A=1", "aa=1", "a%61=1", "\xA0a=1", "__proto__=1"];
    assert.deepEqual(lines({ "set-cookie": different }, "b=1"), { "set-cookie": [...different, "b=1"] });
  });
});

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
}
