import assert from "node:assert/strict";
import test from "node:test";
import proxyAddr from "proxy-addr";
import { proxyTrust, readForwarded, type TrustProxy } from "../../../src/adapters/node/proxy.ts";
import type { Headers } from "../../../src/types.ts";

const proxies = ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"];

function forwarded(option: TrustProxy, peer: string, headers: Headers): ReturnType<typeof readForwarded> {
  const trusts = proxyTrust("test", option);
  assert.notEqual(trusts, undefined);
  return trusts === undefined ? undefined : readForwarded(headers, peer, trusts);
}

test("no proxy is trusted by default", () => {
  assert.equal(proxyTrust("test", undefined), undefined);
  assert.equal(proxyTrust("test", false), undefined);
});

test("X-Forwarded-For: the client is the rightmost address that is not trusted", () => {
  const cases: readonly (readonly [option: TrustProxy, peer: string, list: string | undefined, client: string])[] = [
    [proxies, "127.0.0.1", undefined, "127.0.0.1"],
    [proxies, "127.0.0.1", "192.0.2.7", "192.0.2.7"],
    [proxies, "127.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"],
    [proxies, "127.0.0.1", "6.6.6.6, 192.0.2.7, 10.1.2.3", "192.0.2.7"],
    [proxies, "127.0.0.1", "6.6.6.6,192.0.2.7,10.1.2.3,::1", "192.0.2.7"],
    [proxies, "127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9"],
    [proxies, "2001:db8::5", "2001:db9::7", "2001:db9::7"],
    [proxies, "127.0.0.1", "192.0.2.7:4711", "192.0.2.7"],
    [proxies, "127.0.0.1", "[2001:db9::7]:4711", "2001:db9::7"],
    [proxies, "127.0.0.1", "[2001:db9::7]", "2001:db9::7"],
    [proxies, "127.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"],
    [proxies, "127.0.0.1", "192.0.2.7, ::ffff:10.0.0.1", "192.0.2.7"],
    // An entry that is no address ends the search: addresses before it do not count.
    [proxies, "127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"],
    [proxies, "127.0.0.1", "6.6.6.6, <b>, 10.1.2.3", "10.1.2.3"],
    [proxies, "127.0.0.1", "6.6.6.6, , 10.1.2.3", "10.1.2.3"],
    [proxies, "127.0.0.1", "192.0.2.7,", "127.0.0.1"],
    [proxies, "127.0.0.1", ",10.1.2.3", "10.1.2.3"],
    [proxies, "127.0.0.1", ",", "127.0.0.1"],
    [proxies, "127.0.0.1", "999.0.0.1", "127.0.0.1"],
    [true, "203.0.113.9", "6.6.6.6, 192.0.2.7", "192.0.2.7"],
    [true, "203.0.113.9", "6.6.6.6, 127.0.0.1", "127.0.0.1"],
    [true, "", "192.0.2.7", "192.0.2.7"],
    [(address) => address.startsWith("10."), "10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"],
  ];
  for (const [option, peer, list, client] of cases) {
    const read = forwarded(option, peer, { "x-forwarded-for": list });
    assert.equal(read?.remoteAddr, client, `${String(option)} ${peer} ${list}`);
  }
});

test("the headers of a peer that is not trusted are ignored", () => {
  const headers = { "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "x-forwarded-host": "a" };
  for (const peer of ["192.0.2.1", "11.0.0.1", "2001:db9::1", "", "not an address"]) {
    assert.equal(forwarded(proxies, peer, headers), undefined, peer);
  }
  assert.equal(
    forwarded(() => false, "127.0.0.1", headers),
    undefined,
  );
  assert.equal(forwarded([], "127.0.0.1", headers), undefined);
});

test("X-Forwarded-Proto: the last value counts, if it is http or https", () => {
  const schemeOf = (value: string | string[]): unknown =>
    forwarded(true, "::1", { "x-forwarded-proto": value })?.scheme;
  assert.equal(schemeOf("https"), "https");
  assert.equal(schemeOf("HTTPS "), "https");
  assert.equal(schemeOf("https, http"), "http");
  assert.equal(schemeOf(["http", "https"]), "https");
  for (const other of ["", "wss", "https://", "https,", "javascript"]) assert.equal(schemeOf(other), undefined, other);
});

test("X-Forwarded-Host: the last value counts, if it is a host", () => {
  const hostOf = (value: string): unknown => forwarded(true, "::1", { "x-forwarded-host": value })?.host;
  assert.deepEqual(hostOf("shop.test"), { name: "shop.test", port: undefined });
  assert.deepEqual(hostOf("evil.test, Shop.test:8443"), { name: "shop.test", port: 8443 });
  for (const other of ["", "a b", "shop.test/..", "shop.test,"]) assert.equal(hostOf(other), undefined, other);
});

test("a list is checked when the listener is built", () => {
  const bad = [
    "localhost",
    "10.0.0.0/33",
    "::1/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.0/1.5",
    "",
    7,
  ];
  for (const entry of bad) {
    const message = `serve: trustProxy[1] must be an IP address, a range such as "10.0.0.0/8", or "loopback", got ${JSON.stringify(entry)}`;
    // @ts-expect-error one of them is a number
    assert.throws(() => proxyTrust("serve", ["::1", entry]), { name: "TypeError", message });
  }
  const message = "serve: trustProxy must be true, false, a list or a function, got text";
  // @ts-expect-error text is not a list
  assert.throws(() => proxyTrust("serve", "loopback"), { name: "TypeError", message });
});

test("the names of ranges mean the same as in proxy-addr", () => {
  const addresses = [
    ["127.0.0.1", "127.9.9.9", "::1", "128.0.0.1", "126.255.255.255", "::2"],
    ["169.254.0.1", "169.255.0.1", "fe80::1", "febf::1", "fec0::1"],
    ["10.1.2.3", "172.16.0.1", "172.31.255.255", "172.32.0.1", "192.168.7.7", "192.169.0.1", "fc00::1", "fdff::1"],
    ["fe00::1", "203.0.113.9", "2001:db8::1"],
  ].flat();
  for (const name of ["loopback", "linklocal", "uniquelocal"]) {
    const ours = proxyTrust("serve", [name]);
    const theirs = proxyAddr.compile([name]);
    for (const address of addresses) assert.equal(ours?.(address, 0), theirs(address, 0), `${name}: ${address}`);
  }
});
