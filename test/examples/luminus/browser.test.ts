import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { chromium, type Page } from "playwright-core";
import { serve } from "ringlet/node";

import { createApp } from "../../../examples/luminus/app.ts";
import { browserArguments, withoutBrowser } from "../../support/browser.ts";

test("log-in, photo upload and log-out in a browser; a forged form fails", { skip: withoutBrowser }, async (t) => {
  const { page, statuses } = await open(t);

  await page.goto("/");
  await page.getByRole("link", { name: "Log in" }).click();
  await page.getByLabel("Name").fill("ada");
  await page.getByRole("button", { name: "Log in" }).click();
  assert.equal(new URL(page.url()).pathname, "/account");
  assert.equal(await page.getByRole("status").innerText(), "Welcome, ada!", "a flash across the redirect");
  await page.reload();
  assert.equal(await page.getByRole("status").count(), 0, "once");

  const file = { name: "ada.png", mimeType: "image/png", buffer: Buffer.alloc(70_000, 7) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Upload" }).click();
  assert.equal(await page.getByRole("status").innerText(), "ada.png has 70000 bytes.");
  assert.equal(await page.locator("#photo").innerText(), "ada.png, 70000 bytes");

  assert.equal(statuses.get("/css/screen.css"), 200, "the first time");
  const stylesheet = await page.evaluate(
    `fetch("/css/screen.css", { cache: "no-cache" }).then((answer) => answer.status)`,
  );
  assert.equal(stylesheet, 200, "as the page sees it");
  assert.equal(statuses.get("/css/screen.css"), 304, "as the server has answered");
  const cursor = await page.evaluate(`getComputedStyle(document.querySelector(".button")).cursor`);
  assert.equal(cursor, "pointer", "bulma came out of its package");

  // Another port is another origin, but the same site, so the browser sends the cookie.
  await page.goto(await forgery(t, new URL("/account/logout", page.url())));
  await page.getByRole("button").click();
  assert.equal(await page.locator("h1").innerText(), "Invalid anti-forgery token");
  assert.equal(statuses.get("/account/logout"), 403);
  await page.goto("/account");
  assert.equal(await page.locator("#user").innerText(), "You are ada.", "the forged form did nothing");

  await page.getByRole("button", { name: "Log out" }).click();
  assert.equal(await page.getByRole("status").innerText(), "Goodbye.");
  await page.goto("/account");
  assert.equal(new URL(page.url()).pathname, "/account/login");
});

/** Serves a page of another origin with a form for this application. Returns its URL. */
async function forgery(t: TestContext, action: URL): Promise<string> {
  const body = `<form method="post" action="${action.href}"><button>Win</button></form>`;
  const server = await serve(() => ({ headers: { "content-type": "text/html" }, body }), { host: "127.0.0.1" });
  t.after(() => server.close());
  return server.url.replace("localhost", "127.0.0.1");
}

async function open(t: TestContext): Promise<{ readonly page: Page; readonly statuses: ReadonlyMap<string, number> }> {
  const statuses = new Map<string, number>();
  const app = createApp();
  const server = await serve(
    async (request) => {
      const response = await app(request);
      statuses.set(request.uri, response?.status ?? 200);
      return response;
    },
    { host: "127.0.0.1", closeTimeout: 100 },
  );
  const browser = await chromium.launch({ executablePath: process.env["CHROME_BIN"] ?? "", args: browserArguments });
  t.after(async () => {
    await browser.close();
    await server.close();
  });
  const context = await browser.newContext({ baseURL: server.url.replace("localhost", "127.0.0.1") });
  return { page: await context.newPage(), statuses };
}
