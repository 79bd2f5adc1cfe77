import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";

import { checkedAttrs, isToken, mergeAttrs } from "../../src/cookies/attributes.ts";

function refuses(name: string, attrs: unknown, message: string): void {
  const expected = { name: "CookieError", message: `cookie ${JSON.stringify(name)}: ${message}` };
  assert.throws(() => checkedAttrs(name, attrs), expected);
}

describe("an attribute", () => {
  const domain = "domain must be a host name such as example.com";
  const path = "path must be a path that starts with /, ASCII without ; < or control characters, at most 1024 octets";
  const maxAge = "maxAge must be a whole number of seconds from 0 to 34560000 (400 days)";
  const expires = "expires must be a Date from 1601 to 9999";
  const sameSite = 'sameSite must be "strict", "lax" or "none"';
  const priority = 'priority must be "low", "medium" or "high"';

  const good: Readonly<Record<string, readonly unknown[]>> = {
    domain: ["example.com", ".example.com", "localhost", "a-b.EXAMPLE.x1", "127.0.0.1", `${"a".repeat(63)}.b`],
    path: ["/", "/a/b%20c", "/a b", "/~!@#$%^&*()_+`{}|:\">?[]\\',.", `/${"x".repeat(1023)}`],
    maxAge: [0, 1, 34_560_000],
    expires: [new Date(0), new Date("1601-01-01"), new Date("9999-12-31"), runInNewContext("new Date(0)")],
    sameSite: ["strict", "lax"],
    priority: ["low", "medium", "high"],
    secure: [true, false],
    httpOnly: [true, false],
    partitioned: [false],
  };
  for (const [attribute, values] of Object.entries(good)) {
    test(`${attribute} is kept unchanged, and left out if undefined`, () => {
      for (const value of values) assert.deepEqual(checkedAttrs("a", { [attribute]: value }), { [attribute]: value });
      assert.deepEqual(checkedAttrs("a", { [attribute]: undefined }), {});
    });
  }

  const bad: readonly (readonly [attribute: string, value: unknown, message: string])[] = [
    ["domain", "", `${domain}, got ""`],
    ["domain", null, `${domain}, got null`],
    ["domain", true, `${domain}, got true`],
    ["domain", "a;b", `${domain}, got "a;b"`],
    ["domain", "a\r\nb", `${domain}, got "a\\r\\nb"`],
    ["domain", "a\0", `${domain}, got "a\\u0000"`],
    ["domain", "a,b", `${domain}, got "a,b"`],
    ["domain", "..a", `${domain}, got "..a"`],
    ["domain", "a..b", `${domain}, got "a..b"`],
    ["domain", "a.", `${domain}, got "a."`],
    ["domain", "-a.b", `${domain}, got "-a.b"`],
    ["domain", "a-.b", `${domain}, got "a-.b"`],
    ["domain", "a_b", `${domain}, got "a_b"`],
    ["domain", "bücher.example", `${domain}, got "bücher.example"`],
    ["domain", "http://a", `${domain}, got "http://a"`],
    ["domain", "a:80", `${domain}, got "a:80"`],
    ["domain", "a".repeat(64), `${domain}, got "${"a".repeat(59)}…`],
    ["domain", "a.".repeat(127) + "bb", `${domain}, got "${"a.".repeat(29)}a…`],
    ["path", "", `${path}, got ""`],
    ["path", "a", `${path}, got "a"`],
    ["path", null, `${path}, got null`],
    ["path", ["/"], `${path}, got a list`],
    ["path", "/a;b", `${path}, got "/a;b"`],
    ["path", "/a\rb", `${path}, got "/a\\rb"`],
    ["path", "/a\nb", `${path}, got "/a\\nb"`],
    ["path", "/a\0b", `${path}, got "/a\\u0000b"`],
    ["path", "/a\tb", `${path}, got "/a\\tb"`],
    ["path", "/a\x7Fb", `${path}, got "/a\x7Fb"`],
    ["path", "/<b>", `${path}, got "/<b>"`],
    ["path", "/é", `${path}, got "/é"`],
    ["path", `/${"x".repeat(1024)}`, `${path}, got "/${"x".repeat(58)}…`],
    ["maxAge", -1, `${maxAge}, got -1`],
    ["maxAge", 1.5, `${maxAge}, got 1.5`],
    ["maxAge", 34_560_001, `${maxAge}, got 34560001`],
    ["maxAge", "3600", `${maxAge}, got "3600"`],
    ["maxAge", NaN, `${maxAge}, got NaN`],
    ["maxAge", Infinity, `${maxAge}, got Infinity`],
    ["maxAge", null, `${maxAge}, got null`],
    ["maxAge", true, `${maxAge}, got true`],
    ["maxAge", 5n, `${maxAge}, got a BigInt`],
    ["maxAge", new Date(0), `${maxAge}, got 1970-01-01T00:00:00.000Z`],
    ["expires", new Date(NaN), `${expires}, got an invalid Date`],
    ["expires", new Date("1600-12-31"), `${expires}, got 1600-12-31T00:00:00.000Z`],
    ["expires", new Date("+010000-01-01"), `${expires}, got +010000-01-01T00:00:00.000Z`],
    ["expires", 0, `${expires}, got 0`],
    ["expires", "Thu, 01 Jan 1970", `${expires}, got "Thu, 01 Jan 1970"`],
    ["expires", null, `${expires}, got null`],
    ["sameSite", "Strict", `${sameSite}, got "Strict"`],
    ["sameSite", "", `${sameSite}, got ""`],
    ["sameSite", true, `${sameSite}, got true`],
    ["sameSite", null, `${sameSite}, got null`],
    ["sameSite", "lax; x", `${sameSite}, got "lax; x"`],
    ["priority", "High", `${priority}, got "High"`],
    ["priority", 1, `${priority}, got 1`],
    ["secure", 1, "secure must be true or false, got 1"],
    ["secure", null, "secure must be true or false, got null"],
    ["secure", "auto", 'secure must be true or false, got "auto"'],
    ["httpOnly", "yes", 'httpOnly must be true or false, got "yes"'],
    ["partitioned", {}, "partitioned must be true or false, got an object"],
    ["httponly", true, 'unknown attribute "httponly"; did you mean "httpOnly"?'],
    ["max-age", 1, 'unknown attribute "max-age"; did you mean "maxAge"?'],
    ["same_site", undefined, 'unknown attribute "same_site"; did you mean "sameSite"?'],
  ];
  for (const [attribute, value, message] of bad) {
    test(`is refused: ${message.slice(0, 200)}`, () => refuses("a", { [attribute]: value }, message));
  }

  test("with an unknown name is refused, and so is a value that is not a map of attributes", () => {
    const known = "domain, path, secure, httpOnly, maxAge, expires, sameSite, partitioned, priority";
    refuses("a", { value: "b" }, `unknown attribute "value"; known are ${known}`);
    refuses("a", null, "attributes must be an object, got null");
    refuses("a", ["path"], "attributes must be an object, got a list");
    for (const name of ["__proto__", "constructor"]) {
      assert.throws(
        () => checkedAttrs("a", Object.fromEntries([[name, {}]])),
        new RegExp(`unknown attribute "${name}"`),
      );
    }
  });
});

describe("attributes together", () => {
  const none = 'sameSite "none" needs secure: true; browsers refuse it otherwise';
  const partitioned = "partitioned needs secure: true; browsers refuse it otherwise";

  test("need secure: true for SameSite=None and for Partitioned", () => {
    for (const secure of [undefined, false]) {
      refuses("a", { sameSite: "none", secure }, none);
      refuses("a", { partitioned: true, secure }, partitioned);
    }
    const both = { sameSite: "none", partitioned: true, secure: true };
    assert.deepEqual(checkedAttrs("a", both), both);
    assert.deepEqual(checkedAttrs("__Secure-a", { sameSite: "none" }), { sameSite: "none", secure: true });
  });

  const completed: readonly (readonly [names: readonly string[], attrs: object])[] = [
    [["__Secure-a", "__secure-a", "__SECURE-"], { secure: true }],
    [["__Host-a", "__host-a", "__HOST-a", "__Host-"], { secure: true, path: "/" }],
    [["__Http-a", "__HTTP-a"], { secure: true, httpOnly: true }],
    [["__Host-Http-a", "__host-http-a"], { secure: true, httpOnly: true, path: "/" }],
    [["__Hosta", "_Host-a", "a__Host-", "Secure-a", "__Http", "Http-a"], {}],
  ];
  for (const [names, attrs] of completed) {
    test(`are completed as the prefix demands: ${names.join(", ")}`, () => {
      for (const name of names) {
        assert.deepEqual(checkedAttrs(name, {}), attrs, name);
        assert.deepEqual(checkedAttrs(name, { ...attrs, maxAge: 1 }), { ...attrs, maxAge: 1 }, name);
      }
    });
  }

  test("must not be what the prefix forbids, in any case", () => {
    const cure = "leave it out or rename the cookie";
    for (const name of ["__Host-a", "__host-a", "__HOST-Http-a"]) {
      refuses(name, { domain: "example.com" }, `domain must be left out for this name, got "example.com"; ${cure}`);
      refuses(name, { path: "/a" }, `path must be / for this name, got "/a"; ${cure}`);
    }
    for (const name of ["__Host-a", "__host-a", "__Secure-a", "__sEcure-a", "__Http-a", "__Host-Http-a"]) {
      refuses(name, { secure: false }, `secure must be true for this name, got false; ${cure}`);
    }
    for (const name of ["__Http-a", "__http-a", "__Host-Http-a", "__host-HTTP-a"]) {
      refuses(name, { httpOnly: false }, `httpOnly must be true for this name, got false; ${cure}`);
    }
    assert.deepEqual(checkedAttrs("__Secure-a", { domain: "a.b", path: "/x", httpOnly: false }), {
      domain: "a.b",
      path: "/x",
      httpOnly: false,
      secure: true,
    });
  });

  test("merge, and an undefined one does not replace the other", () => {
    const under = Object.freeze({ path: "/", secure: true });
    assert.deepEqual(mergeAttrs(under, { path: undefined, secure: false, maxAge: 0 }), {
      path: "/",
      secure: false,
      maxAge: 0,
    });
  });
});

describe("a name", () => {
  test("is a token", () => {
    const all = Array.from({ length: 300 }, (_, code) => String.fromCharCode(code));
    const token = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
    assert.equal(all.filter(isToken).join(""), token);
    assert.equal(isToken(token), true);
    assert.equal(isToken(""), false);
    assert.equal(isToken("a b"), false);
  });

  test("that is no token is refused, with its line breaks escaped", () => {
    const message = "the name must be letters, digits and any of !#$%&'*+-.^_`|~";
    for (const name of ["", "a=b", "a;b", "a\r\nb", " a", "é", "a\0", "\uFEFF__Host-a"]) refuses(name, {}, message);
  });
});
