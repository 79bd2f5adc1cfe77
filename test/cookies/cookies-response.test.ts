import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { cookiesResponse, type CookiesOptions } from "../../src/cookies/cookies.ts";
import { CookieError } from "../../src/errors.ts";
import type { CookiesResponse, Headers, Response } from "../../src/types.ts";

/** Returns the Set-Cookie fields that cookies of a response become. */
function written(cookies: unknown, options?: CookiesOptions, headers: Headers = {}): Headers[string] {
  const response = { headers, cookies } as Response & CookiesResponse;
  return cookiesResponse(response, options).headers?.["set-cookie"];
}

describe("cookies of a response", () => {
  test("are text, or a map with a value and attributes", () => {
    assert.deepEqual(written({ a: "1", b: { value: "2" } }), ["a=1", "b=2"]);
    assert.deepEqual(written({ a: { value: "", path: "/x", maxAge: 0, secure: undefined } }), [
      "a=; Max-Age=0; Path=/x",
    ]);
  });

  test("are form-encoded", () => {
    assert.deepEqual(written({ a: "aZ09-._*" }), ["a=aZ09-._*"]);
    assert.deepEqual(written({ a: 'b c;,"\\%+~=&\r\n\0é😀' }), [
      "a=b+c%3B%2C%22%5C%25%2B%7E%3D%26%0D%0A%00%C3%A9%F0%9F%98%80",
    ]);
  });

  test("named like inherited properties are cookies like others", () => {
    const names = ["__proto__", "constructor", "toString"];
    const cookies: unknown = Object.fromEntries(names.map((name) => [name, "a b"]));
    assert.deepEqual(written(cookies), ["__proto__=a+b", "constructor=a+b", "toString=a+b"]);
  });

  test("are removed from a copy of the response", () => {
    const response = Object.freeze({ status: 201, headers: Object.freeze({ "x-a": "1" }), cookies: { a: "1" } });
    const expected = { status: 201, headers: { "x-a": "1", "set-cookie": ["a=1"] } };
    assert.deepEqual(cookiesResponse(response), expected);
    assert.deepEqual(cookiesResponse({ cookies: { a: "1" } }), { headers: { "set-cookie": ["a=1"] } });
  });

  test("may be absent, undefined or empty", () => {
    const response = { body: "hi", headers: { "set-cookie": "a=1" } };
    assert.equal(cookiesResponse(response), response);
    assert.deepEqual(cookiesResponse({ ...response, cookies: undefined }), response);
    assert.deepEqual(cookiesResponse({ ...response, cookies: {} }), response);
    assert.equal(cookiesResponse(null), null);
    assert.equal(cookiesResponse(undefined), undefined);
  });

  test("are added to the Set-Cookie fields of the response; the last of a name counts", () => {
    for (const headers of [{ "set-cookie": ["a=1; Path=/", "b=0"] }, { "Set-Cookie": ["a=1", "b=0"] }]) {
      const response = cookiesResponse({ headers, cookies: { a: "2", c: "3" } });
      assert.deepEqual(Object.keys(response.headers), ["set-cookie"]);
      assert.deepEqual(new Set([response.headers["set-cookie"]].flat()), new Set(["b=0", "a=2", "c=3"]));
    }
    assert.deepEqual(written({ a: "2" }, {}, { "set-cookie": "b=0" }), ["b=0", "a=2"]);
    assert.deepEqual(written({ a: "2" }, {}, { "set-cookie": "A=0" }), ["A=0", "a=2"]);
  });
});

describe("a cookie that browsers would refuse or misread is refused", () => {
  const refused: readonly (readonly [cookies: unknown, message: string | RegExp])[] = [
    [{ a: 1 }, 'cookie "a": expected text or { value, … }, got a number'],
    [{ a: null }, 'cookie "a": expected text or { value, … }, got null'],
    [{ a: ["b"] }, 'cookie "a": expected text or { value, … }, got a list'],
    [{ a: { value: 1 } }, 'cookie "a": the value must be text, got a number; write String(…) or JSON.stringify(…)'],
    [{ a: { path: "/" } }, /cookie "a": the value must be text, got undefined/],
    [{ a: { value: { b: 1 } } }, /cookie "a": the value must be text, got an object/],
    [{ a: { value: "", maxage: 1 } }, 'cookie "a": unknown attribute "maxage"; did you mean "maxAge"?'],
    [{ a: { value: "", path: "/\r\nb: c" } }, /^cookie "a": path must be .*, got "\/\\r\\nb: c"$/],
    [{ a: { value: "", sameSite: "none" } }, /^cookie "a": sameSite "none" needs secure: true/],
    [{ "__Host-a": { value: "", domain: "example.com" } }, /^cookie "__Host-a": domain must be left out/],
    [{ "a b": "" }, /^cookie "a b": the name must be letters, digits and any of /],
    [{ "": "" }, /^cookie "": the name must be /],
    [
      { a: "x".repeat(4096) },
      /^cookie "a": name and value are 4097 octets, and browsers drop a cookie over 4096; keep/,
    ],
  ];
  for (const [cookies, message] of refused) {
    test(String(message).slice(0, 100), () => {
      assert.throws(() => written(cookies), { name: "CookieError", code: "ERR_COOKIE", message });
    });
  }

  test("with its name in the error, and no other cookie is set", () => {
    const error = thrown(() => written({ good: "1", bad: { value: "2", path: "x" } }));
    assert.ok(error instanceof CookieError && error instanceof TypeError);
    assert.equal(error.cookie, "bad");
  });

  test("and so is a value that is not a map of cookies", () => {
    for (const [cookies, kind] of [
      [null, "null"],
      ["a=b", "text"],
      [["a=b"], "a list"],
      [new Map(), "a Map"],
    ] as const) {
      const message = `response.cookies must be an object, got ${kind}`;
      assert.throws(() => written(cookies), { name: "TypeError", message });
    }
  });
});

describe("encoder", () => {
  test("is given one pair, and returns its text", () => {
    const encoder = (cookie: Readonly<Record<string, string>>): string => {
      assert.deepEqual(Object.entries(cookie), [["__proto__", "b c"]]);
      return "__proto__=<b>";
    };
    assert.deepEqual(written(Object.fromEntries([["__proto__", "b c"]]), { encoder }), ["__proto__=<b>"]);
  });

  test("cannot write another cookie, or no text", () => {
    for (const [answer, kind] of [
      ["b=1", "text"],
      ["a", "text"],
      [undefined, "undefined"],
      [["a=1"], "a list"],
    ] as const) {
      const message = `cookie "a": the encoder must answer "a=…", got ${kind}`;
      assert.throws(() => written({ a: "1" }, { encoder: () => answer as string }), { name: "CookieError", message });
    }
  });

  test("cannot write a character that ends the value", () => {
    for (const [raw, octet] of [
      ["1; Domain=evil.example", ";"],
      ["1\r\nx: y", "U+000D"],
      ["é", "U+00E9"],
    ] as const) {
      const message = new RegExp(
        `^cookie "a": the value has ${octet.replace("+", "\\+")} at \\d, which no cookie can carry; encode it$`,
      );
      assert.throws(() => written({ a: "1" }, { encoder: () => `a=${raw}` }), { name: "CookieError", message });
    }
  });
});

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
