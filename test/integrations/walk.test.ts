import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { chromium } from "playwright-core";

import { builtIntegrations, fromProxy, serveIntegration } from "./serve.ts";
import { visit } from "./visitor.ts";

const executablePath = process.env["CHROME_BIN"] ?? "";
const withoutBrowser = executablePath === "" && "CHROME_BIN does not say where Chromium is";

/** For frameworks that redirect by throwing: whether the wrapped function answers the redirect, and so saves. */
const savesThrownRedirect: Readonly<Record<string, boolean>> = { next: false, "react-router": true, sveltekit: true };

const names = builtIntegrations();
if (names.length === 0) test("integrations", { skip: "npm run integrations builds them, and says where" });

for (const name of names) {
  describe(name, () => {
    test("over HTTP: logs in, shows a flash once, loses nothing, logs out", async (t) => {
      await walk(await served(t, name));
    });
    test("in a browser", { skip: withoutBrowser }, async (t) => {
      await click(t, await served(t, name));
    });
    test("a request that fails saves nothing", async (t) => {
      const url = await served(t, name);
      const visitor = visit(url, fromProxy);
      await visitor.press(await visitor.open(), "Log in", { user: "Ada" });
      const send = async (path: string): Promise<number> => {
        const headers = { ...fromProxy, cookie: visitor.cookie() ?? "", origin: url };
        const response = await fetch(url + path, { method: "POST", redirect: "manual", headers });
        visitor.jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
        return response.status;
      };
      assert.equal(await send("/fail"), 500);
      assert.equal((await visitor.open()).greeting, "Hello Ada");
      const saved = savesThrownRedirect[name];
      if (saved === undefined) return;
      assert.equal(Math.floor((await send("/fail?redirect")) / 100), 3);
      assert.equal((await visitor.open()).greeting, saved ? "Hello Eve" : "Hello Ada");
    });
    if (name === "next") {
      test("the proxy and a server component read the session", async (t) => {
        const url = await served(t, name);
        const account = async (cookie = ""): Promise<Response> =>
          fetch(`${url}/account`, { redirect: "manual", headers: { cookie } });
        assert.equal((await account()).status, 307);
        const visitor = visit(url);
        await visitor.press(await visitor.open(), "Log in", { user: "Ada" });
        const page = await account(visitor.cookie());
        assert.equal(page.status, 200);
        assert.match((await page.text()).replaceAll("<!-- -->", ""), /<h1>Account of Ada<\/h1>/);
      });
    }
  });
}

async function served(t: TestContext, name: string): Promise<string> {
  const { url, end } = await serveIntegration(name);
  t.after(end);
  return url;
}

async function walk(url: string): Promise<void> {
  const { cookie, open, press, pressSlowly } = visit(url, fromProxy);
  const seenBy = async (copied: string): Promise<string> => {
    const other = visit(url, { ...fromProxy, cookie: copied });
    return (await other.open()).greeting;
  };
  const first = await open();
  assert.deepEqual(shown(first), ["Hello stranger", undefined, 0]);
  assert.equal(cookie(), undefined, "who only looks gets no cookie");

  assert.deepEqual(shown(await press(first, "Visit")), ["Hello stranger", undefined, 1]);
  const stranger = cookie() ?? "";
  // A visit comes during a slow log-in. Both count, and the key is new.
  const welcome = await pressSlowly(first, "Log in", { user: "Ada" }, () => press(first, "Visit"));
  assert.deepEqual(shown(welcome), ["Hello Ada", "Welcome", 2]);
  assert.notEqual(cookie(), stranger, "a log-in gives a new key");
  assert.equal(await seenBy(stranger), "Hello stranger", "the cookie from before the log-in is no session");

  const again = await open();
  assert.deepEqual(shown(again), ["Hello Ada", undefined, 2], "a flash is shown once");
  await Promise.all(Array.from({ length: 10 }, () => press(again, "Visit")));
  assert.deepEqual(shown(await open()), ["Hello Ada", undefined, 12], "of visits at once none is lost");

  const ada = cookie() ?? "";
  assert.equal(await seenBy(ada), "Hello Ada");
  assert.deepEqual(shown(await press(again, "Log out")), ["Hello stranger", "Goodbye", 0]);
  assert.equal(await seenBy(ada), "Hello stranger", "the cookie from before the log-out is no session");
  assert.deepEqual(shown(await open()), ["Hello stranger", undefined, 0]);
}

function shown({ greeting, status, visits }: Awaited<ReturnType<ReturnType<typeof visit>["open"]>>): unknown[] {
  return [greeting, status, visits];
}

async function click(t: TestContext, url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  t.after(() => browser.close());
  const context = await browser.newContext({ extraHTTPHeaders: fromProxy });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  const heading = page.getByRole("heading", { level: 1 });
  const says = async (text: string): Promise<void> => page.getByRole("main").getByText(text, { exact: true }).waitFor();

  await page.goto(url, { waitUntil: "networkidle" });
  assert.equal(await heading.innerText(), "Hello stranger");
  await page.getByRole("textbox", { name: "Name" }).fill("Ada");
  await page.getByRole("button", { name: "Log in" }).click();
  await says("Hello Ada");
  await says("Welcome");
  await page.reload({ waitUntil: "networkidle" });
  assert.equal(await heading.innerText(), "Hello Ada");
  assert.equal(await page.getByText("Welcome").count(), 0, "a flash is shown once");

  await page.getByRole("button", { name: "Visit" }).click();
  await page
    .getByText(/^1$|Visit 1/)
    .first()
    .waitFor();
  const cookies = await context.cookies();
  const [session] = cookies.filter(({ name }) => name === "ring-session");
  assert.deepEqual([session?.httpOnly, session?.sameSite, session?.path], [true, "Lax", "/"]);

  await page.getByRole("button", { name: "Log out" }).click();
  await says("Hello stranger");
  await says("Goodbye");
  assert.deepEqual(complaints, []);
}
