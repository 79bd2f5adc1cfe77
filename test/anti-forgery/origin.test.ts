import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { checkedOrigins, onlyValue, ownOrigin } from "../../src/anti-forgery/origin.ts";

describe("the origin a request came to", () => {
  const cases = [
    ["http", "a.example", "http://a.example"],
    ["https", "a.example", "https://a.example"],
    ["https", "a.example:443", "https://a.example"],
    ["http", "A.Example:8080", "http://a.example:8080"],
    ["http", "[::1]:3000", "http://[::1]:3000"],
    ["http", "bad host", undefined],
    ["http", "", undefined],
  ] as const;
  for (const [scheme, host, origin] of cases) {
    test(`${scheme}, Host: ${host}`, () => assert.equal(ownOrigin({ scheme, headers: { host } }), origin));
  }

  test("has the host from the server adapter, which knows its proxies", () => {
    const headers = { host: "inside:8080" };
    assert.equal(
      ownOrigin({ scheme: "https", headers, serverName: "shop.example", serverPort: 443 }),
      "https://shop.example",
    );
    // A middleware has corrected the scheme, but not the port.
    assert.equal(
      ownOrigin({ scheme: "https", headers: { host: "shop.example" }, serverName: "shop.example", serverPort: 80 }),
      "https://shop.example",
    );
  });
});

test("a header that was sent twice counts as empty", () => {
  assert.equal(onlyValue({ headers: { origin: ["a", "b"] } }, "origin"), "");
  assert.equal(onlyValue({ headers: { Origin: "a" } }, "origin"), "a");
  assert.equal(onlyValue({ headers: {} }, "origin"), undefined);
});

describe("trusted origins", () => {
  test("consist of scheme, host and port", () => {
    const given = ["https://a.example", "http://localhost:3000", "https://b.example:443", "http://[::1]:1"];
    assert.deepEqual(
      [...checkedOrigins("w", given)],
      ["https://a.example", "http://localhost:3000", "https://b.example", "http://[::1]:1"],
    );
  });

  const refused = [
    "",
    "null",
    "*",
    "a.example",
    "a.example:443",
    "//a.example",
    "https://a.example/",
    "https://a.example/path",
    "https://a.example?q",
    "https://a.example#f",
    "https://user@a.example",
    "https://*.a.example",
    "https://A.example",
    " https://a.example",
    "ftp://a.example",
    "file:///etc",
    "javascript:alert(1)",
    "https://",
    /a/,
    null,
    undefined,
  ];
  for (const origin of refused) {
    test(`${JSON.stringify(origin)} is refused`, () => {
      assert.throws(
        () => checkedOrigins("wrapX", [origin]),
        /^TypeError: wrapX: trustedOrigins must be origins, a scheme/,
      );
    });
  }

  test("must be a list", () => {
    assert.throws(() => checkedOrigins("wrapX", "https://a.example"), /wrapX: trustedOrigins must be a list, got text/);
  });
});
