import assert from "node:assert/strict";
import { test } from "node:test";
import { type HstsOptions, wrapHsts } from "ringlet/middleware/hsts";
import { get, headersOf } from "../exchanges.ts";

const page = () => ({ body: "page" });
const secure = get("/", { scheme: "https" });

const table: readonly [options: HstsOptions | undefined, value: string][] = [
  [undefined, "max-age=31536000; includeSubDomains"],
  [{ includeSubdomains: false }, "max-age=31536000"],
  [{ maxAge: 0 }, "max-age=0; includeSubDomains"],
  [{ preload: true, maxAge: 63_072_000 }, "max-age=63072000; includeSubDomains; preload"],
];

for (const [options, value] of table) {
  test(`${JSON.stringify(options)}: ${value}`, async () => {
    assert.deepEqual(headersOf(await wrapHsts(page, options)(secure)), { "strict-transport-security": value });
  });
}

test("nothing is added over http, or to a header of the handler; no response is passed on", async () => {
  assert.deepEqual(headersOf(await wrapHsts(page)(get())), {});
  const own = { "Strict-Transport-Security": "max-age=1" };
  assert.deepEqual(headersOf(await wrapHsts(() => ({ headers: own }))(secure)), own);
  assert.equal(await wrapHsts(async () => null)(secure), null);
});

test("mistakes throw when the middleware is built", () => {
  assert.throws(() => wrapHsts(page, { maxAge: 1.5 }), /maxAge must be a whole number of seconds, got 1.5/);
  assert.throws(() => wrapHsts(page, { preload: true, includeSubdomains: false }), /preload wants/);
  assert.throws(() => wrapHsts(page, { preload: true, maxAge: 60 }), /preload wants/);
  // @ts-expect-error an unknown option
  assert.throws(() => wrapHsts(page, { includeSubDomain: true }), /did you mean "includeSubdomains"/);
  // @ts-expect-error text
  assert.throws(() => wrapHsts(page, { preload: "yes" }), /preload must be true or false/);
});
