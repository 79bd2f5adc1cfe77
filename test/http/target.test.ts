import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parseTarget } from "../../src/http/target.ts";

const pathOnly = { scheme: undefined, authority: undefined };

test("a path has a query or none", () => {
  assert.deepEqual(parseTarget("/"), { ...pathOnly, path: "/", query: undefined });
  assert.deepEqual(parseTarget("/a%20b"), { ...pathOnly, path: "/a%20b", query: undefined });
  assert.deepEqual(parseTarget("/a?"), { ...pathOnly, path: "/a", query: "" });
  assert.deepEqual(parseTarget("/a?b?c=http://d"), { ...pathOnly, path: "/a", query: "b?c=http://d" });
  assert.deepEqual(parseTarget("//evil.test/a"), { ...pathOnly, path: "//evil.test/a", query: undefined });
  assert.deepEqual(parseTarget("?a"), { ...pathOnly, path: "/", query: "a" });
  assert.deepEqual(parseTarget(""), { ...pathOnly, path: "/", query: undefined });
  assert.deepEqual(parseTarget("*"), { ...pathOnly, path: "*", query: undefined });
});

test("a fragment is left out", () => {
  assert.deepEqual(parseTarget("/a#b?c"), { ...pathOnly, path: "/a", query: undefined });
  assert.deepEqual(parseTarget("/a?b#c"), { ...pathOnly, path: "/a", query: "b" });
});

test("an absolute URL gives scheme and host; user and password are left out", () => {
  const parts = { scheme: "http", authority: "h:90", path: "/p", query: "q" };
  assert.deepEqual(parseTarget("http://h:90/p?q"), parts);
  assert.deepEqual(parseTarget("http://user:pass@h:90/p?q"), parts);
  assert.deepEqual(parseTarget("http://user@trusted.test@h:90/p?q"), parts);
  assert.deepEqual(parseTarget("https://[::1]:80"), {
    scheme: "https",
    authority: "[::1]:80",
    path: "/",
    query: undefined,
  });
  assert.deepEqual(parseTarget("http://h?q"), { scheme: "http", authority: "h", path: "/", query: "q" });
  assert.deepEqual(parseTarget("http://a b<c/a?b"), { scheme: "http", authority: "a b<c", path: "/a", query: "b" });
});

test("property: a valid URL is read as by URL", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const url = new URL(text);
      const target = parseTarget(url.href);
      assert.equal(`${target.scheme}:`, url.protocol);
      assert.equal(target.authority, url.host);
      assert.equal(target.path, url.pathname);
      assert.equal(target.query ?? "", url.search.slice(1));
    }),
  );
});

test("property: no text throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseTarget(text)));
});
