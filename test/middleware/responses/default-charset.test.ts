import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapDefaultCharset } from "ringlet/middleware/default-charset";
import { get, headersOf } from "../exchanges.ts";

const table: readonly [type: string, expected: string][] = [
  ["text/html", "text/html; charset=utf-8"],
  ["TEXT/plain", "TEXT/plain; charset=utf-8"],
  ["text/plain; format=flowed", "text/plain; format=flowed; charset=utf-8"],
  ["application/xml", "application/xml; charset=utf-8"],
  ["text/html;charset=latin1", "text/html;charset=latin1"],
  ["text/html; Charset=latin1", "text/html; Charset=latin1"],
  ["application/json", "application/json"],
  ["application/x-text/odd", "application/x-text/odd"],
  ["image/png", "image/png"],
];

for (const [type, expected] of table) {
  test(`${type}: ${expected}`, async () => {
    const response = await wrapDefaultCharset(() => ({ headers: { "Content-Type": type } }), "utf-8")(get());
    assert.deepEqual(Object.values(headersOf(response)), [expected]);
  });
}

test("a response without a content type is unchanged; no response is passed on", async () => {
  assert.deepEqual(await wrapDefaultCharset(() => ({ body: "a" }), "utf-8")(get()), { body: "a" });
  assert.equal(await wrapDefaultCharset(() => null, "utf-8")(get()), null);
});

test("a charset that is not a plain name throws when it is built", () => {
  for (const name of ["", "utf-8; x", "utf-8\r\nx: y", "ü"]) {
    assert.throws(() => wrapDefaultCharset(() => null, name), {
      name: "TypeError",
      message: /^wrapDefaultCharset: charset/,
    });
  }
});
