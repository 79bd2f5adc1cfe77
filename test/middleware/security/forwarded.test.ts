import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Request } from "ringlet";
import { wrapForwardedRemoteAddr, wrapForwardedScheme } from "ringlet/middleware/forwarded";
import { get } from "../exchanges.ts";

const trust = ["10.0.0.0/8", "loopback"];

function seen(wrap: (handler: (request: Request) => null) => (request: Request) => unknown) {
  return (request: Request): Request => {
    let inside = request;
    wrap((given) => {
      inside = given;
      return null;
    })(request);
    return inside;
  };
}

const addr = seen((handler) => wrapForwardedRemoteAddr(handler, { trust }));
const addrTrue = seen((handler) => wrapForwardedRemoteAddr(handler, { trust: true }));
const scheme = seen((handler) => wrapForwardedScheme(handler, { trust }));
const schemeTrue = seen((handler) => wrapForwardedScheme(handler, { trust: true }));

const addresses: readonly [peer: string | undefined, list: string | string[], expected: string | undefined][] = [
  ["10.0.0.1", "192.0.2.7", "192.0.2.7"],
  ["10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"],
  ["10.0.0.1", "192.0.2.7, 10.1.1.1", "192.0.2.7"],
  ["10.0.0.1", ["192.0.2.7", "10.1.1.1"], "192.0.2.7"],
  ["10.0.0.1", "192.0.2.7, 10.1.1.1:4711", "192.0.2.7"],
  ["127.0.0.1", "192.0.2.7:4711", "192.0.2.7"],
  ["::1", "[2001:db8::1]:4711", "2001:db8::1"],
  ["::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"],
  ["10.0.0.1", "10.2.2.2", "10.2.2.2"],
  ["192.0.2.9", "192.0.2.7", "192.0.2.9"],
  ["10.0.0.1", "unknown", "10.0.0.1"],
  ["10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"],
  ["10.0.0.1", "", "10.0.0.1"],
  [undefined, "192.0.2.7", undefined],
];

for (const [peer, list, expected] of addresses) {
  test(`connected ${peer}, forwarded for ${String(list)}: ${expected}`, () => {
    assert.equal(addr(get("/", { remoteAddr: peer, headers: { "x-forwarded-for": list } })).remoteAddr, expected);
  });
}

test("trust: true trusts the connected peer, and no address before it", () => {
  const headers = { "x-forwarded-for": "10.0.0.5, 192.0.2.7", "x-forwarded-proto": "https" };
  assert.equal(addrTrue(get("/", { remoteAddr: "192.0.2.9", headers })).remoteAddr, "192.0.2.7");
  assert.equal(addrTrue(get("/", { headers })).remoteAddr, "192.0.2.7");
  assert.equal(schemeTrue(get("/", { headers })).scheme, "https");
});

const schemes: readonly [peer: string, value: string, expected: string][] = [
  ["10.0.0.1", "https", "https"],
  ["10.0.0.1", "HTTPS", "https"],
  ["10.0.0.1", "http, https", "https"],
  ["10.0.0.1", "https, http, https", "https"],
  ["10.0.0.1", "https, http", "http"],
  ["10.0.0.1", "ftp", "http"],
  ["10.0.0.1", "https,", "http"],
  ["192.0.2.9", "https", "http"],
];

for (const [peer, value, expected] of schemes) {
  test(`connected ${peer}, forwarded as ${value}: ${expected}`, () => {
    assert.equal(scheme(get("/", { remoteAddr: peer, headers: { "x-forwarded-proto": value } })).scheme, expected);
  });
}

test("both work together, in either order", () => {
  const headers = { "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https" };
  const request = get("/", { remoteAddr: "10.0.0.1", headers });
  for (const both of [scheme(addr(request)), addr(scheme(request))]) {
    assert.equal(both.scheme, "https");
    assert.equal(both.remoteAddr, "192.0.2.7");
  }
  // A forwarded address is not the connected peer, and so is not trusted.
  const forged = get("/", { remoteAddr: "192.0.2.9", headers: { ...headers, "x-forwarded-for": "10.0.0.1" } });
  assert.equal(scheme(addr(forged)).scheme, "http");
});

test("another header may carry the scheme", () => {
  const front = seen((handler) => wrapForwardedScheme(handler, { trust, header: "X-Url-Scheme" }));
  assert.equal(front(get("/", { remoteAddr: "10.0.0.1", headers: { "x-url-scheme": "https" } })).scheme, "https");
});

test("property: no header throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const headers = { "x-forwarded-for": text, "x-forwarded-proto": text };
      const request = get("/", { remoteAddr: "10.0.0.1", headers });
      assert.ok(["http", "https"].includes(String(scheme(request).scheme)));
      assert.equal(typeof addr(request).remoteAddr, "string");
    }),
  );
});

test("mistakes throw when the middleware is built", () => {
  // @ts-expect-error trust is missing
  assert.throws(() => wrapForwardedScheme(() => null, {}), /trust must be a list of addresses/);
  // @ts-expect-error text is not a list
  assert.throws(() => wrapForwardedRemoteAddr(() => null, { trust: "loopback" }), /trust must be a list/);
  assert.throws(() => wrapForwardedRemoteAddr(() => null, { trust: ["10.0.0.0/99"] }), /trust: invalid range/);
  // @ts-expect-error an unknown option
  assert.throws(() => wrapForwardedRemoteAddr(() => null, { trust: true, header: "x" }), /unknown option "header"/);
});
