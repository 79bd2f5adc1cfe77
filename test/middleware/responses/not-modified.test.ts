import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapNotModified } from "ringlet/middleware/not-modified";
import type { Response } from "ringlet";
import { get, headersOf, watchedStream } from "../exchanges.ts";

const tag = '"v1"';
const date = "Sat, 28 Nov 2026 04:00:00 GMT";
const later = "Sat, 28 Nov 2026 04:00:01 GMT";
const earlier = "Sat, 28 Nov 2026 03:59:59 GMT";
const page: Response = {
  status: 200,
  headers: { etag: tag, "last-modified": date, "content-length": "3", "cache-control": "private" },
  body: "old",
};

const table: readonly [name: string, request: Record<string, string | string[]>, fresh: boolean][] = [
  ["no condition", {}, false],
  ["the same tag", { "if-none-match": tag }, true],
  ["the same tag, weak", { "if-none-match": `W/${tag}` }, true],
  ["any tag", { "if-none-match": "*" }, true],
  ["a list with it", { "if-none-match": `"a,b", W/"c" ,${tag}` }, true],
  ["a list in two headers", { "if-none-match": ['"a"', tag] }, true],
  ["a list without it", { "if-none-match": '"a", "b"' }, false],
  ["a part of it in another", { "if-none-match": '"x,"v1",y"' }, false],
  ["no quotes", { "if-none-match": "v1" }, false],
  ["an open quote", { "if-none-match": '"v1' }, false],
  ["the same date", { "if-modified-since": date }, true],
  ["a later date", { "if-modified-since": later }, true],
  ["an earlier date", { "if-modified-since": earlier }, false],
  ["no date", { "if-modified-since": "2026" }, false],
  ["the tag decides, not the date", { "if-none-match": '"other"', "if-modified-since": later }, false],
  ["the date does not undo the tag", { "if-none-match": tag, "if-modified-since": earlier }, true],
];

for (const [name, headers, fresh] of table) {
  test(`${name}: ${fresh ? 304 : 200}`, async () => {
    for (const method of ["GET", "HEAD"]) {
      const response = await wrapNotModified(() => page)(get("/", { method, headers }));
      assert.equal(response?.status, fresh ? 304 : 200);
      assert.equal(response?.body, fresh ? null : "old");
    }
    const posted = await wrapNotModified(() => page)(get("/", { method: "POST", headers }));
    assert.equal(posted, page);
  });
}

test("a 304 keeps all headers but content-length, and further properties of the response", async () => {
  const app = wrapNotModified(async () => ({ ...page, session: { user: "ada" } }));
  const response = await app(get("/", { headers: { "if-none-match": tag } }));
  assert.deepEqual(headersOf(response), { etag: tag, "last-modified": date, "cache-control": "private" });
  assert.deepEqual(response?.session, { user: "ada" });
});

test("another status is unchanged; none counts as 200; no response is passed on", async () => {
  const request = get("/", { headers: { "if-none-match": tag } });
  const { status: _, ...unsaid } = page;
  const statusless: Response = unsaid;
  assert.equal((await wrapNotModified(() => ({ ...page, status: 404 }))(request))?.status, 404);
  assert.equal((await wrapNotModified(() => statusless)(request))?.status, 304);
  assert.equal(await wrapNotModified(() => null)(request), null);
});

test("a stream that is not sent is closed", async () => {
  const { body, isClosed } = watchedStream();
  await wrapNotModified(() => ({ headers: { ETag: tag }, body }))(get("/", { headers: { "if-none-match": tag } }));
  assert.ok(isClosed());
});
