import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress, plainAddress } from "../../src/http/address.ts";

test("plainAddress shows an IPv4-mapped address as IPv4", () => {
  assert.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(plainAddress("::ffff:1"), "::ffff:1");
  assert.equal(plainAddress("192.0.2.1"), "192.0.2.1");
  assert.equal(plainAddress("::1"), "::1");
});

test("parseAddress accepts a port, and nothing else", () => {
  assert.equal(parseAddress("192.0.2.1:4711"), "192.0.2.1");
  assert.equal(parseAddress("[2001:db8::1]:4711"), "2001:db8::1");
  const others = ["", "unknown", "192.0.2", "[", "192.0.2.1, 192.0.2.2"];
  for (const text of others) assert.equal(parseAddress(text), undefined);
});
