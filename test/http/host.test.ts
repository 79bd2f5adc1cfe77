import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parseHost } from "../../src/http/host.ts";

test("a host is a name in lower case, and a port if there is one", () => {
  assert.deepEqual(parseHost("Example.COM"), { name: "example.com", port: undefined });
  assert.deepEqual(parseHost("my_app-1.test:8080"), { name: "my_app-1.test", port: 8080 });
  assert.deepEqual(parseHost("example.com:"), { name: "example.com", port: undefined });
  assert.deepEqual(parseHost("a:1"), { name: "a", port: 1 });
  assert.deepEqual(parseHost("192.0.2.1:65535"), { name: "192.0.2.1", port: 65_535 });
});

test("an IPv6 address keeps its brackets", () => {
  assert.deepEqual(parseHost("[::1]"), { name: "[::1]", port: undefined });
  assert.deepEqual(parseHost("[2001:DB8::1]:3000"), { name: "[2001:db8::1]", port: 3000 });
  assert.deepEqual(parseHost("[::ffff:192.0.2.1]:"), { name: "[::ffff:192.0.2.1]", port: undefined });
});

test("malformed text is no host", () => {
  const names = ["", ":80", "a b", "a/b", "a@b", "a<b", "a'b", "é", "a,b", "a".repeat(256)];
  const ports = ["a:0", "a:65536", "a:1e3", "a:+1", "a:80:80", "a: 80", "a:123456", "a::"];
  const literals = ["[", "[]", "[::1", "[::1]x", "[::1]80", "[g::]", "[::1]:x", "[::1]]", "[::1%25eth0]", "::1"];
  for (const text of [...names, ...ports, ...literals]) assert.equal(parseHost(text), undefined, JSON.stringify(text));
});

test("property: a host can be part of a URL unchanged", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.:[\]-]{1,12}$/)), (text) => {
      const host = parseHost(text);
      if (host === undefined) return;
      assert.match(host.name, /^([a-z0-9._-]{1,255}|\[[0-9a-f:.]+\])$/);
      assert.equal(text.toLowerCase().startsWith(host.name), true);
      assert.ok(host.port === undefined || (host.port > 0 && host.port < 65_536));
    }),
  );
});
