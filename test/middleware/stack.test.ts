import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import {
  type FlashRequest,
  redirect,
  type Request,
  response,
  type SessionRequest,
  wrapFlash,
  wrapSession,
} from "ringlet";
import { toFetchHandler } from "ringlet/fetch";
import { wrapAbsoluteRedirects } from "ringlet/middleware/absolute-redirects";
import { wrapContentLength } from "ringlet/middleware/content-length";
import { wrapContentType } from "ringlet/middleware/content-type";
import { wrapDefaultCharset } from "ringlet/middleware/default-charset";
import { wrapFile } from "ringlet/middleware/file";
import { wrapForwardedRemoteAddr, wrapForwardedScheme } from "ringlet/middleware/forwarded";
import { wrapHsts } from "ringlet/middleware/hsts";
import { wrapNotModified } from "ringlet/middleware/not-modified";
import { wrapSslRedirect } from "ringlet/middleware/ssl-redirect";
import { wrapFrameOptions } from "ringlet/middleware/x-headers";
import { toNodeListener } from "ringlet/node";
import { type Listening, listen } from "../support/listen.ts";

type Visit = Request & SessionRequest<{ readonly user?: string }> & FlashRequest<string>;

function pages({ uri, session, flash, remoteAddr }: Visit) {
  if (uri === "/login") return { ...redirect("/"), session: { user: "ada" }, flash: "Welcome" };
  return { ...response(`${session.user ?? "nobody"} ${flash ?? ""} ${remoteAddr}`), session };
}

/** The session outside sees the handler's response through middleware that only changes headers. */
const site = wrapSession(wrapFlash(wrapFrameOptions(wrapNotModified(wrapContentType(pages)), "sameorigin")));
const responses = wrapContentLength(
  wrapNotModified(wrapDefaultCharset(wrapContentType(wrapFile(site, "docs")), "utf-8")),
);
const trust = ["loopback"];
const app = wrapForwardedRemoteAddr(
  wrapForwardedScheme(wrapSslRedirect(wrapHsts(wrapAbsoluteRedirects(responses))), { trust }),
  { trust },
);
const secure = { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" };
let server: Listening;

before(async () => {
  server = await listen(createServer(toNodeListener(app)));
});
after(() => server.close());

test("all middleware in the order of ring-defaults, over HTTP", async () => {
  const plain = await fetch(`${server.url}/login`, { redirect: "manual" });
  assert.equal(plain.status, 301);
  assert.equal(plain.headers.get("location"), "https://127.0.0.1/login");
  assert.equal(plain.headers.get("strict-transport-security"), null);

  const login = await fetch(`${server.url}/login`, { headers: secure, redirect: "manual" });
  assert.equal(login.status, 302);
  assert.equal(login.headers.get("strict-transport-security"), "max-age=31536000; includeSubDomains");
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const home = await fetch(`${server.url}/`, { headers: { ...secure, cookie } });
  assert.equal(await home.text(), "ada Welcome 192.0.2.7");
  assert.equal(home.headers.get("x-frame-options"), "SAMEORIGIN");

  const page = await fetch(`${server.url}/concepts.md`, { headers: secure });
  assert.equal(page.headers.get("content-type"), "text/markdown; charset=utf-8");
  const etag = page.headers.get("etag") ?? "";
  assert.equal(
    (await fetch(`${server.url}/concepts.md`, { headers: { ...secure, "if-none-match": etag } })).status,
    304,
  );
});

test("the same stack by toFetchHandler", async () => {
  const handle = toFetchHandler(app);
  assert.equal((await handle(new Request("http://x.example/a?b"))).headers.get("location"), "https://x.example/a?b");
  const page = await handle(new Request("https://x.example/concepts.md", { headers: { range: "bytes=0-3" } }));
  assert.equal(page.status, 206);
  assert.equal((await page.text()).length, 4);
});
