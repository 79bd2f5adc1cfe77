import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Request, response } from "ringlet";
import { wrapSslRedirect } from "ringlet/middleware/ssl-redirect";
import { get, headersOf } from "../exchanges.ts";

const app = wrapSslRedirect(() => response("secret"));
const host = { host: "localhost:8080" };

const table: readonly [changes: Partial<Request>, status: number, location: string | undefined][] = [
  [{ uri: "/x" }, 301, "https://localhost/x"],
  [{ uri: "/x", method: "HEAD" }, 301, "https://localhost/x"],
  [{ uri: "/x", method: "POST" }, 307, "https://localhost/x"],
  [{ uri: "/x", queryString: "a=%20b&c" }, 301, "https://localhost/x?a=%20b&c"],
  [{ uri: "/x", scheme: undefined }, 301, "https://localhost/x"],
  [{ uri: "//evil.example/x" }, 301, "https://localhost//evil.example/x"],
  [{ uri: "/\\evil.example" }, 301, "https://localhost//evil.example"],
  [{ uri: "/x\r\nset-cookie: a=b" }, 301, "https://localhost/xset-cookie:%20a=b"],
  [{ uri: "*", method: "OPTIONS" }, 307, "https://localhost/"],
  [{ headers: { host: "[::1]:80" } }, 301, "https://[::1]/"],
  [{ headers: {} }, 400, undefined],
  [{ headers: { host: "evil.example/@" } }, 400, undefined],
  [{ headers: { host: "a\r\nb" } }, 400, undefined],
  [{ headers: { host: "999.999.999.999" } }, 400, undefined],
];

for (const [changes, status, location] of table) {
  test(`${JSON.stringify(changes)}: ${status} ${location}`, async () => {
    const answer = await app({ ...get("/", { headers: host }), ...changes });
    assert.equal(answer?.status, status);
    assert.equal(headersOf(answer)["location"], location);
  });
}

test("https reaches the handler, and sslPort sets the port", async () => {
  assert.equal((await app(get("/", { scheme: "https" })))?.body, "secret");
  const other = wrapSslRedirect(() => null, { sslPort: 8443 });
  assert.equal(headersOf(await other(get("/x", { headers: host })))["location"], "https://localhost:8443/x");
  assert.equal(await other(get("/", { scheme: "https" })), null);
  assert.throws(() => wrapSslRedirect(() => null, { sslPort: 0 }), /sslPort must be a whole number from 1 to 65535/);
  // @ts-expect-error an unknown option
  assert.throws(() => wrapSslRedirect(() => null, { port: 1 }), /unknown option "port"/);
});

test("property: no path leads to another host, and none throws", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.option(fc.string(), { nil: undefined }), async (path, queryString) => {
      const answer = await app(get(`/${path}`, { headers: host, queryString }));
      const location = String(headersOf(answer)["location"]);
      assert.equal(new URL(location).origin, "https://localhost");
      assert.ok([...location].every((char) => char > " " && char <= "~"));
    }),
  );
});
