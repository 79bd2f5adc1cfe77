import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import { parseCookie } from "cookie";
import fc from "fast-check";

import { cookiesRequest, type CookiesOptions } from "../../src/cookies/cookies.ts";
import type { Request } from "../../src/types.ts";

const GET: Request = { method: "GET", uri: "/", headers: {} };

/** Reads a Cookie header, and returns its values by name. */
function read(cookie: string | readonly string[], options?: CookiesOptions): Record<string, string> {
  const { cookies } = cookiesRequest({ headers: { cookie } }, options);
  return Object.fromEntries(Object.entries(cookies).map(([name, { value }]) => [name, value]));
}

describe("cookies of a request", () => {
  test("are added to the request by name", () => {
    const request = Object.freeze({ ...GET, headers: { cookie: "name=Ada; n=1" }, extra: 1 });
    assert.deepEqual(cookiesRequest(request), { ...request, cookies: { name: { value: "Ada" }, n: { value: "1" } } });
  });

  test("are an empty map without a header", () => {
    assert.deepEqual(cookiesRequest(GET).cookies, {});
    assert.deepEqual(cookiesRequest({ headers: { cookie: undefined } }).cookies, {});
  });

  test("are left alone if the request has some", () => {
    const request = { headers: { cookie: "a=1" }, cookies: { b: { value: "2" } } };
    assert.equal(cookiesRequest(request), request);
    const without: Pick<Request, "headers"> = Object.freeze({ headers: { cookie: "a=1" }, cookies: undefined });
    assert.deepEqual(cookiesRequest(without).cookies, { a: { value: "1" } });
  });

  const grammar: readonly (readonly [header: string | readonly string[], cookies: Record<string, string>])[] = [
    ["a=b; c=d", { a: "b", c: "d" }],
    ["a=b;c=d;", { a: "b", c: "d" }],
    [["a=b", "c=d; e=f", ""], { a: "b", c: "d", e: "f" }],
    [" \t a \t = \t b \t ;c=d", { a: "b", c: "d" }],
    ["a=b=c==", { a: "b=c==" }],
    ["a=b c,d\\", { a: "b c,d\\" }],
    ["a=; b", { a: "" }],
    ["a; b=1", { b: "1" }],
    ["=b; c=d", { c: "d" }],
    [";; ;=;", {}],
    ["A=1; a=2", { A: "1", a: "2" }],
    ["a=1; a=2", { a: "1" }],
    ["$Version=1; a=b; $Path=/", { $Version: "1", a: "b", $Path: "/" }],
    ['a="b c"; d=""; e="; f=g"; h="i"j"', { a: "b c", d: "", e: '"', f: 'g"', h: 'i"j' }],
  ];
  for (const [header, cookies] of grammar) {
    test(`follow the grammar: ${JSON.stringify(header)}`, () => assert.deepEqual(read(header), cookies));
  }

  const encoded = {
    "hello+world": "hello world",
    "%C3%A9+%2b%25": "é +%",
    "%F0%9F%98%80é😀": "😀é😀",
    "a&b=c%26": "a&b=c&",
    "%22x%22": '"x"',
    '"%22"': '"',
    "%00x": "\0x",
    "%EF%BB%BFx": "\uFEFFx",
    "%FF%FEx": "\uFFFD\uFFFDx",
    "%C3": "\uFFFD",
    "%ED%A0%80": "\uFFFD\uFFFD\uFFFD",
  };
  for (const [text, value] of Object.entries(encoded)) {
    test(`are form-decoded: ${text}`, () => assert.deepEqual(read(`a=${text}`), { a: value }));
  }

  test("are left out, each by itself, if a percent sign starts no code", () => {
    for (const bad of ["%", "%D", "%zz", "%-1", "100%", "%4", "%%41", "%C3%", "%u0041", "% 41", "%ｆｆ"]) {
      assert.deepEqual(read(`a=1; b=${bad}; c=3`), { a: "1", c: "3" }, bad);
    }
    assert.deepEqual(read("a=%D; a=2; a=3"), { a: "2" });
    assert.deepEqual(read("a=1; a=%D"), { a: "1" });
  });

  test("keep their names unchanged", () => {
    for (const name of ["%5f%5fHost-x", "__host-x", "a%20b", "a+b", "ａ", "__%48ost-x", '"__Host-x"', "a,__Host-x"]) {
      assert.deepEqual(read(`${name}=1`), { [name]: "1" });
    }
  });

  test("keep white space that is not SP or HTAB, so that it hides no prefix", () => {
    for (const space of "\v\f\r\n\0\x1F\x85\xA0\u1680\u2000\u200A\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF") {
      const cookies = {
        [`${space}__Host-w`]: "1",
        [`${space} __Host-x`]: "2",
        [`__Host-y${space}`]: "3",
        a: `${space}b`,
        c: `d${space}`,
      };
      const header = `${space}__Host-w=1; ${space} __Host-x=2;__Host-y${space}=3; a=${space}b ;c=d${space}`;
      assert.deepEqual(read(header), cookies, JSON.stringify(space));
    }
  });

  test("named like inherited properties are data", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];
    const { cookies } = cookiesRequest({ headers: { cookie: names.map((name) => `${name}=evil`).join("; ") } });
    assert.deepEqual(Object.keys(cookies), names);
    assert.equal(Object.getPrototypeOf(cookies), Object.prototype);
    for (const name of names) {
      assert.deepEqual(Object.getOwnPropertyDescriptor(cookies, name)?.value, { value: "evil" }, name);
      assert.equal(cookiesRequest(GET).cookies[name]?.value, undefined, name);
    }
  });
});

describe("of a client's header", () => {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, number) => `n${number}=${number}`);

  test("200 cookies are read, from one header or from many", () => {
    const names = numbered(200).map((pair) => pair.slice(0, pair.indexOf("=")));
    for (const header of [numbered(200).join("; "), numbered(250).join(";"), numbered(250)]) {
      assert.deepEqual(Object.keys(read(header)), names);
    }
  });

  test("16 KiB are read, and no cookie is cut in two", () => {
    const full = "x".repeat(16_384 - "a=1; b=".length);
    for (const rest of ["", "; c=3", ";"]) {
      assert.deepEqual(read(`a=1; b=${full}${rest}`), { a: "1", b: full });
      assert.deepEqual(read(`a=1; b=${full}x${rest}`), { a: "1" });
      assert.deepEqual(read(["a=1", `b=${full}x${rest}`]), { a: "1" });
    }
    assert.deepEqual(read(`a=${full}${full}; b=1`), {});
  });

  test("a megabyte causes no more work", () => {
    for (const pair of ["a=%;", "=;", "a;", ";", "b=%; ", " ", '"', "a="]) {
      let calls = 0;
      const decoder = (): undefined => void calls++;
      assert.deepEqual(read(pair.repeat(1_000_000 / pair.length), { decoder }), {});
      assert.ok(calls <= 200, `${calls} values of ${pair} were decoded`);
    }
  });

  const pieces = [...'=;,"% \t\\+&ab\xA0\uFEFF\0\r\n', "__proto__", "__Host-", "%41", "%C3", "=1; ", "é", "\uD800"];
  const header = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((some) => some.join("")),
  );

  test("property: any text is read by the grammar, and none throws", () => {
    const property = fc.property(header, (text) => assert.deepEqual(read(text), reference(text)));
    fc.assert(property, { numRuns: 2000 });
  });

  test("property: ordinary cookies are read as by the cookie package", () => {
    const text = (...units: string[]): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...units) });
    const name = text(..."ab01-_.!~").filter((some) => some !== "");
    const pairs = fc.array(fc.tuple(name, text(..."ab01-_.!~=,/: ")), { maxLength: 20 });
    const property = fc.property(pairs, (some) => {
      const cookies = some.map((pair) => pair.join("=")).join("; ");
      assert.deepEqual(read(cookies), { ...parseCookie(cookies) });
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe("decoder", () => {
  test("is given each value without its quotes, and nothing else of the cookie", () => {
    const given: string[] = [];
    const decoder = (text: string): string => String(given.push(text));
    assert.deepEqual(read('%41="%42 "; c=+d', { decoder }), { "%41": "1", c: "2" });
    assert.deepEqual(given, ["%42 ", "+d"]);
  });

  test("leaves a cookie out by throwing, or by returning no text", () => {
    const answers = new Map<string, unknown>(Object.entries({ undefined, null: null, number: 1, object: {} }));
    const decoder = (text: string): string => {
      if (text === "throw") throw new Error("unreadable");
      return (answers.has(text) ? answers.get(text) : text) as string;
    };
    for (const bad of ["throw", ...answers.keys()]) {
      assert.deepEqual(read(`a=%D; b=${bad}; c=3`, { decoder }), { a: "%D", c: "3" }, bad);
    }
  });
});

/** RFC 6265bis, written as simply as possible: the first cookie of each name that can be decoded. */
function reference(header: string): Record<string, string> {
  const found = new Map<string, string>();
  for (const pair of header.split(";")) {
    const [, name = "", value = "%"] = /^[ \t]*([^=]*?)[ \t]*=[ \t]*([^]*?)[ \t]*$/.exec(pair) ?? [];
    const text = /^"[^]*"$/.test(value) ? value.slice(1, -1) : value;
    if (name !== "" && !found.has(name) && !/%(?![0-9A-Fa-f]{2})/.test(text)) found.set(name, formDecoded(text));
  }
  return Object.fromEntries(found);
}

function formDecoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const hex = text
    .replaceAll("+", " ")
    .replaceAll(/%(..)|[^%]+/g, (part: string, code?: string) => code ?? Buffer.from(part).toString("hex"));
  return Buffer.from(hex, "hex").toString();
}
