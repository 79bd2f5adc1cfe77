import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wrapContentType } from "ringlet/middleware/content-type";
import type { ResponseBody } from "ringlet";
import { get, headersOf } from "../exchanges.ts";

const bytes = new Uint8Array(1);
const table: readonly [uri: string, body: ResponseBody, type: string | undefined][] = [
  ["/logo.png", bytes, "image/png"],
  ["/LOGO.PNG", bytes, "image/png"],
  ["/app.js", "1", "text/javascript"],
  ["/data.json", "{}", "application/json"],
  ["/style.css", "a{}", "text/css"],
  ["/page.html", bytes, "text/html"],
  ["/page.html", "<script>", undefined],
  ["/image.svg", "<svg/>", undefined],
  ["/feed.xml", "<a/>", undefined],
  ["/odd.zzz", bytes, "application/octet-stream"],
  ["/", bytes, "application/octet-stream"],
  ["/", "text", undefined],
  ["/logo.png", null, undefined],
  ["/site.map2", bytes, "application/x-map"],
];

for (const [uri, body, type] of table) {
  test(`${uri} with ${typeof body === "string" ? "text" : String(body)}: ${type}`, async () => {
    const app = wrapContentType(() => ({ body }), { mimeTypes: { map2: "application/x-map" } });
    assert.equal(headersOf(await app(get(uri)))["content-type"], type);
  });
}

test("the handler's own type is kept; no response is passed on", async () => {
  const app = wrapContentType(() => ({ headers: { "Content-Type": "text/html" }, body: bytes }));
  assert.deepEqual(headersOf(await app(get("/a.png"))), { "Content-Type": "text/html" });
  assert.equal(await wrapContentType(() => null)(get("/a.png")), null);
});

test("property: no uri throws, and text never becomes HTML or XML", async () => {
  const app = wrapContentType(() => ({ body: "<script>" }));
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.constantFrom("", ".html", ".xhtml", ".svg", ".htm"), async (name, extension) => {
      const type = String(headersOf(await app(get(`/${name}${extension}`)))["content-type"]);
      assert.ok(!type.includes("html") && !type.includes("xml"), type);
    }),
  );
});

test("mistakes throw when the middleware is built", () => {
  // @ts-expect-error an unknown option
  assert.throws(() => wrapContentType(() => null, { mimeType: {} }), /did you mean "mimeTypes"/);
  assert.throws(() => wrapContentType(() => null, { mimeTypes: { ".js": "a/b" } }), /without a dot/);
  assert.throws(() => wrapContentType(() => null, { mimeTypes: { js: "a/b\r\nx: y" } }), /mimeTypes.js must be text/);
});
