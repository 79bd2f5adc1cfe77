import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapContentLength } from "ringlet/middleware/content-length";
import type { Response } from "ringlet";
import { get, headersOf, watchedStream } from "../exchanges.ts";

const table: readonly [name: string, response: Response, length: string | undefined][] = [
  ["text, in octets of UTF-8", { body: "für" }, "4"],
  ["bytes", { body: new Uint8Array(7) }, "7"],
  ["nothing", { body: null }, "0"],
  ["no body said", {}, "0"],
  ["the handler's own", { headers: { "Content-Length": "9" }, body: "123" }, undefined],
  ["a stream", { body: watchedStream().body }, undefined],
  ["204", { status: 204 }, undefined],
  ["304", { status: 304, body: null }, undefined],
];

for (const [name, response, length] of table) {
  test(`${name}: ${length ?? "left alone"}`, async () => {
    const answered = await wrapContentLength(() => response)(get());
    assert.equal(headersOf(answered)["content-length"], length);
  });
}

test("a response to HEAD without a body is unchanged: its GET may have one", async () => {
  const head = get("/", { method: "HEAD" });
  assert.deepEqual(headersOf(await wrapContentLength(() => ({ body: null }))(head)), {});
  assert.deepEqual(headersOf(await wrapContentLength(() => ({ body: "abc" }))(head)), { "content-length": "3" });
  assert.equal(await wrapContentLength(() => undefined)(head), undefined);
});
