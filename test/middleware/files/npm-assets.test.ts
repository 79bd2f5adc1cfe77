import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { notFound } from "ringlet";
import { wrapNpmAssets } from "ringlet/middleware/npm-assets";
import { toNodeListener } from "ringlet/node";
import { type Listening, listen } from "../../support/listen.ts";
import { get, headersOf } from "../exchanges.ts";

const base = mkdtempSync(join(tmpdir(), "ringlet-npm-"));
const from = pathToFileURL(join(base, "server.js"));
const miss = () => notFound("no asset");
const { version } = JSON.parse(readFileSync("node_modules/bulma/package.json", "utf8")) as { version: string };
let server: Listening;

before(async () => {
  install("@scope/tool", "2.0.0");
  install("other", "1.0.0");
  symlinkSync(base, join(base, "node_modules/other/out"));
  writeFileSync(join(base, "secret.txt"), "SECRET");
  server = await listen(createServer(toNodeListener(wrapNpmAssets(miss, { packages: ["bulma"] }))));
});
after(() => {
  server.close();
  rmSync(base, { recursive: true, force: true });
});

test("a style sheet of bulma over HTTP", async () => {
  const path = "/assets/bulma/css/bulma.min.css";
  const answer = await fetch(server.url + path);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), readFileSync("node_modules/bulma/css/bulma.min.css", "utf8"));
  assert.equal(answer.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "public, max-age=0");
  assert.equal(answer.headers.get("last-modified"), null);
  const etag = answer.headers.get("etag") ?? "";
  assert.ok(etag.startsWith(`"${version}-`), etag);
  const again = await fetch(server.url + path, { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get("etag"), etag);
  const part = await fetch(server.url + path, { headers: { range: "bytes=0-4", "if-range": etag } });
  assert.equal(part.status, 206);
  assert.equal((await part.text()).length, 5);
  const stale = await fetch(server.url + path, { headers: { range: "bytes=0-4", "if-range": '"old"' } });
  assert.equal(stale.status, 200);
});

describe("paths", () => {
  const options = { packages: { "@scope/tool": "dist", other: "" }, from, prefix: "/lib/" };
  const table: readonly [uri: string, status: number][] = [
    ["/lib/@scope/tool/a.js", 200],
    ["/lib/%40scope/tool/a.js", 200],
    ["/lib/@scope/tool@2.0.0/a.js", 200],
    ["/lib/@scope/tool@1.0.0/a.js", 404],
    ["/lib/other/dist/a.js", 200],
    ["/lib/@scope/tool/package.json", 404],
    ["/lib/@scope/tool/../package.json", 404],
    ["/lib/@scope/tool/%2e%2e/package.json", 404],
    ["/lib/@scope/tool", 404],
    ["/lib/other/out/secret.txt", 404],
    ["/lib/other/.npmrc", 404],
    ["/lib/bulma/css/bulma.css", 404],
    ["/assets/other/dist/a.js", 404],
  ];
  for (const [uri, status] of table) {
    test(`${uri}: ${status}`, async () => {
      assert.equal((await wrapNpmAssets(miss, options)(get(uri)))?.status, status);
    });
  }

  test("a path with the version may be cached for a year", async () => {
    const headers = headersOf(await wrapNpmAssets(miss, options)(get("/lib/other@1.0.0/dist/a.js")));
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  });
});

test("another version of the same size and date has another etag", async () => {
  const tag = async () =>
    headersOf(await wrapNpmAssets(miss, { packages: ["other"], from })(get("/assets/other/dist/a.js")))["etag"];
  const before = await tag();
  install("other", "1.0.1");
  assert.notEqual(await tag(), before);
});

test("mistakes throw when the middleware is built", () => {
  assert.throws(() => wrapNpmAssets(miss, { packages: ["nonesuch"], from }), /nonesuch is not installed .*npm install/);
  // bulma is installed elsewhere, but only the given place counts.
  assert.throws(() => wrapNpmAssets(miss, { packages: ["bulma"], from }), /bulma is not installed/);
  for (const name of ["../x", "a/b", "@scope", "", ".bin", "@scope/a/b", "/"]) {
    assert.throws(() => wrapNpmAssets(miss, { packages: [name], from }), /must be named as in package.json/, name);
  }
  assert.throws(() => wrapNpmAssets(miss, { packages: { other: "../x" }, from }), /packages.other must be a folder/);
  // @ts-expect-error packages is missing
  assert.throws(() => wrapNpmAssets(miss, {}), /packages must be a list such as/);
  // @ts-expect-error an unknown option
  assert.throws(() => wrapNpmAssets(miss, { package: [] }), /did you mean "packages"/);
});

function install(name: string, version: string): void {
  const folder = join(base, "node_modules", name);
  mkdirSync(join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, exports: {} }));
  writeFileSync(join(folder, "dist", "a.js"), "1;");
  writeFileSync(join(folder, ".npmrc"), "SECRET");
}
