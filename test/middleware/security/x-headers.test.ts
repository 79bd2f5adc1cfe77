import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapContentTypeOptions, wrapFrameOptions, wrapXssProtection } from "ringlet/middleware/x-headers";
import { get, headersOf } from "../exchanges.ts";

const page = () => ({ body: "page" });

test("each middleware sets its header, and keeps the handler's", async () => {
  const table = [
    [wrapFrameOptions(page, "deny"), { "x-frame-options": "DENY" }],
    [wrapFrameOptions(page, "sameorigin"), { "x-frame-options": "SAMEORIGIN" }],
    [
      wrapFrameOptions(page, { allowFrom: "https://a.example/" }),
      { "x-frame-options": "ALLOW-FROM https://a.example/" },
    ],
    [wrapFrameOptions(() => ({ headers: { "X-Frame-Options": "DENY" } }), "sameorigin"), { "X-Frame-Options": "DENY" }],
    [wrapContentTypeOptions(async () => page()), { "x-content-type-options": "nosniff" }],
    [wrapXssProtection(page, false), { "x-xss-protection": "0" }],
    [wrapXssProtection(page, true), { "x-xss-protection": "1" }],
    [wrapXssProtection(page, true, { mode: "block" }), { "x-xss-protection": "1; mode=block" }],
  ] as const;
  for (const [app, headers] of table) assert.deepEqual(headersOf(await app(get())), headers);
});

test("no response is passed on", async () => {
  assert.equal(await wrapFrameOptions(() => null, "deny")(get()), null);
  assert.equal(await wrapContentTypeOptions(() => undefined)(get()), undefined);
});

test("mistakes throw when the middleware is built", () => {
  // @ts-expect-error not an accepted value
  assert.throws(() => wrapFrameOptions(page, "same-origin"), /expected "deny", "sameorigin" or \{ allowFrom \}/);
  assert.throws(() => wrapFrameOptions(page, { allowFrom: "a\r\nb" }), /allowFrom must be text/);
  // @ts-expect-error not an accepted value
  assert.throws(() => wrapContentTypeOptions(page, "sniff"), /expected "nosniff", got "sniff"/);
  // @ts-expect-error not an accepted value
  assert.throws(() => wrapXssProtection(page, true, { mode: "blok" }), /mode must be "block", got "blok"/);
  // @ts-expect-error not an accepted value
  assert.throws(() => wrapXssProtection(page, "yes"), /enable must be true or false/);
  // @ts-expect-error a number is not a handler
  assert.throws(() => wrapXssProtection(1, true), /handler must be a function/);
});
