import assert from "node:assert/strict";
import { test } from "node:test";
import { redirect } from "ringlet";
import { wrapAbsoluteRedirects } from "ringlet/middleware/absolute-redirects";
import { get, headersOf } from "../exchanges.ts";

const request = get("/a/b", { headers: { host: "Example.com:8080" }, queryString: "q=1" });
const table: readonly [location: string, expected: string][] = [
  ["/c", "http://example.com:8080/c"],
  ["c", "http://example.com:8080/a/c"],
  ["../c?d#e", "http://example.com:8080/c?d#e"],
  ["?r=2", "http://example.com:8080/a/b?r=2"],
  ["//other.example/c", "http://other.example/c"],
  ["https://other.example", "https://other.example"],
  ["mailto:ada@example.com", "mailto:ada@example.com"],
  ["http://[", "http://["],
];

for (const [location, expected] of table) {
  test(`${location}: ${expected}`, async () => {
    assert.equal(headersOf(await wrapAbsoluteRedirects(() => redirect(location))(request))["location"], expected);
  });
}

test("scheme, server name and Host of the request are used, but no invalid Host", async () => {
  const app = wrapAbsoluteRedirects(() => redirect("/c"));
  const at = async (changes: object) => headersOf(await app({ ...request, ...changes }))["location"];
  assert.equal(await at({ scheme: "https" }), "https://example.com:8080/c");
  assert.equal(await at({ serverName: "example.com", serverPort: 80 }), "http://example.com:8080/c");
  assert.equal(await at({ serverName: "front.example", serverPort: 443, scheme: "https" }), "https://front.example/c");
  assert.equal(await at({ headers: {}, serverName: "front.example", serverPort: 81 }), "http://front.example:81/c");
  assert.equal(await at({ uri: ".evil.example/", headers: { host: "example.com" } }), "http://example.com/c");
  for (const host of [undefined, "", "a b", "evil.example/", "evil.example#", "u@evil.example", ["a", "b"]]) {
    assert.equal(await at({ headers: { host } }), "/c");
  }
});

test("201 and 308 are changed too, other responses are not", async () => {
  for (const [status, expected] of [
    [200, "/c"],
    [304, "/c"],
    [201, "http://example.com:8080/c"],
    [308, "http://example.com:8080/c"],
  ] as const) {
    const app = wrapAbsoluteRedirects(() => ({ status, headers: { Location: "/c" }, flash: "kept" }));
    const response = await app(request);
    assert.deepEqual(Object.values(headersOf(response)), [expected]);
    assert.equal(response?.flash, "kept");
  }
  assert.equal(await wrapAbsoluteRedirects(() => null)(request), null);
});
