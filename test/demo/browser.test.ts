import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, test, type TestContext } from "node:test";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { memoryStore } from "ringlet";
import { browserArguments, withoutBrowser } from "../support/browser.ts";
import { lowContrasts } from "./contrast.ts";
import { serveDemo } from "./live.ts";

const screenshots = ".build/screenshots";

describe("the demo in a browser", () => {
  let browser: Browser | undefined;

  before(async () => {
    if (withoutBrowser !== false) return;
    mkdirSync(screenshots, { recursive: true });
    browser = await chromium.launch({ executablePath: process.env["CHROME_BIN"] ?? "", args: browserArguments });
  });
  after(() => browser?.close());

  /** Opens a page of a new demo. At the end page and server are closed, and then `check` runs. */
  async function open(t: TestContext, options: BrowserContextOptions, check: () => void, port = 0): Promise<Page> {
    const server = await serveDemo(memoryStore(), "memory", port);
    const context = await browser?.newContext({ ...options, baseURL: server.url });
    assert.ok(context);
    t.after(async () => {
      await context.close();
      await server.close();
      check();
    });
    return context.newPage();
  }

  /** Opens a page of a new demo. An error in the browser's console fails the test. */
  async function visit(t: TestContext, path: string, options: BrowserContextOptions = {}, port = 0): Promise<Page> {
    const complaints: string[] = [];
    const page = await open(t, options, () => assert.deepEqual(complaints, []), port);
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(path);
    return page;
  }

  test("logs in and out", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/");
    await follow(page, () => page.getByRole("navigation").getByRole("link", { name: "Log in" }).click());
    await page.getByLabel("Name").fill("ada");
    await follow(page, () => page.getByRole("main").getByRole("button", { name: "Log in" }).click());
    assert.equal(new URL(page.url()).pathname, "/");
    assert.equal(await page.getByRole("status").innerText(), "Welcome, ada.");
    assert.deepEqual(await exchanges(page), ["POST /login 303", "GET / 200"]);
    await page.reload();
    assert.equal(await page.getByRole("status").count(), 0);
    await follow(page, () => page.getByRole("button", { name: "Log out" }).click());
    assert.equal(await page.getByRole("status").innerText(), "You are logged out.");
    assert.deepEqual(await exchanges(page), ["POST /logout 303", "GET / 200"]);
    assert.equal(await page.getByRole("banner").getByRole("link", { name: "Log in" }).count(), 1);
  });

  test("counts visits", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/counter");
    for (const text of ["1 visit in", "2 visits in", "3 visits in"]) {
      assert.ok((await page.locator(".counter").innerText()).replaceAll("\n", " ").startsWith(text));
      await follow(page, () => page.getByRole("link", { name: "Count again" }).click());
    }
  });

  test("shows a flash once", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/flash");
    await page.getByLabel("Message").fill("See you <soon>");
    await follow(page, () => page.getByRole("button", { name: "Leave it" }).click());
    assert.equal(await page.getByRole("status").innerText(), "See you <soon>");
    await page.reload();
    assert.equal(await page.getByRole("status").count(), 0);
  });

  test("follows the Luminus routes", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/luminus");
    await follow(page, () => page.getByRole("link", { name: "/login/ada" }).click());
    assert.equal(await page.getByRole("status").innerText(), "User set to: ada");
    await follow(page, () => page.getByRole("link", { name: "/remove" }).click());
    assert.equal(await page.getByRole("status").innerText(), "User removed");
    assert.equal((await sessionCookies(page)).length, 1);
    await follow(page, () => page.getByRole("link", { name: "/logout" }).click());
    assert.equal(await page.getByRole("status").innerText(), "Session cleared");
    assert.deepEqual(await sessionCookies(page), []);
  });

  test("sets a cookie with every attribute, and deletes it", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/cookies");
    const fields = { Name: "all", Value: "a;b", Path: "/cookies", "Max-Age": "3600", Expires: "2030-01-31T12:00" };
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).fill(text);
    await page.getByLabel("Domain").fill("127.0.0.1");
    await page.getByLabel("SameSite").selectOption("none");
    await page.getByLabel("Priority").selectOption("high");
    for (const flag of ["Secure", "HttpOnly", "Partitioned"]) await page.getByLabel(flag).check();
    await follow(page, () => page.getByRole("button", { name: "Set the cookie" }).click());
    assert.equal(await page.getByRole("status").innerText(), "Cookie set.");
    assert.equal(await page.locator(".cookies").innerText(), "all=a;b");

    const cookie = (await page.context().cookies()).find(({ name }) => name === "all");
    const inAnHour = Date.now() / 1000 + 3600;
    assert.ok(cookie !== undefined && Math.abs(cookie.expires - inAnHour) < 60);
    const { value, domain, path, httpOnly, secure, sameSite } = cookie;
    assert.deepEqual(
      { value, domain, path, httpOnly, secure, sameSite },
      { value: "a%3Bb", domain: "127.0.0.1", path: "/cookies", httpOnly: true, secure: true, sameSite: "None" },
    );
    assert.ok(cookie.partitionKey);
    const devtools = await page.context().newCDPSession(page);
    const { cookies } = await devtools.send("Network.getCookies");
    assert.equal(cookies.find(({ name }) => name === "all")?.priority, "High");

    await follow(page, () => page.getByRole("button", { name: "Delete it" }).click());
    assert.equal(await page.getByRole("status").innerText(), "Cookie deleted.");
    assert.ok((await page.context().cookies()).every(({ name }) => name !== "all"));
  });

  test("remembers for a week, and until the browser closes", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/login/ada");
    await page.goto("/remember");
    await follow(page, () => page.getByRole("button", { name: "Remember" }).click());
    const inAWeek = Date.now() / 1000 + 7 * 24 * 3600;
    assert.ok(Math.abs(((await sessionCookies(page))[0]?.expires ?? 0) - inAWeek) < 60);
    await page.getByLabel("until the browser closes").check();
    await follow(page, () => page.getByRole("button", { name: "Remember" }).click());
    assert.equal((await sessionCookies(page))[0]?.expires, -1);
  });

  test("gives the session a new key", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/login/ada");
    const [before] = await sessionCookies(page);
    await page.goto("/recreate");
    await follow(page, () => page.getByRole("button", { name: "Give it a new key" }).click());
    const [cookie] = await sessionCookies(page);
    assert.ok(before && cookie && before.value !== cookie.value);
    assert.equal(await page.locator(".session > code").innerText(), "{ user: 'ada' }");
  });

  test("tries the rows of the table", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/table");
    assert.equal(await page.getByRole("button", { name: "Try session: null with K" }).isEnabled(), false);
    await follow(page, () => page.getByRole("button", { name: "Try session: object with no K" }).click());
    assert.equal((await sessionCookies(page)).length, 1);
    await follow(page, () => page.getByRole("button", { name: "Try session: null with K" }).click());
    assert.match(await page.locator("tbody.done").innerText(), /^session: null\s+K\s+delete K\s+expired/);
    assert.deepEqual(await sessionCookies(page), []);
    await follow(page, () => page.getByRole("button", { name: "an unknown cookie", exact: true }).click());
    await follow(page, () => page.getByRole("button", { name: "Try session: null with an unknown cookie" }).click());
    assert.deepEqual(await sessionCookies(page), []);
  });

  test("can be used with the keyboard alone", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/login");
    const focused = page.locator(":focus");
    await page.keyboard.press("Tab");
    assert.equal(await focused.innerText(), "Skip to the page");
    assert.equal(await page.evaluate<string>("getComputedStyle(document.activeElement).clipPath"), "none");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await focused.getAttribute("name"), "name");
    assert.equal(await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle"), "solid");
    await page.keyboard.type("ada");
    await follow(page, () => page.keyboard.press("Enter"));
    assert.equal(await page.getByRole("status").innerText(), "Welcome, ada.");
    for (let count = 0; count < 3; count++) await page.keyboard.press("Tab");
    assert.equal(await focused.innerText(), "Log out");
    await follow(page, () => page.keyboard.press("Enter"));
    assert.equal(await page.getByRole("status").innerText(), "You are logged out.");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`has enough contrast in ${colorScheme} mode`, { skip: withoutBrowser }, async (t) => {
      const page = await visit(t, "/counter", { colorScheme, viewport: { width: 1280, height: 940 } });
      const [red = 0] = await page.evaluate<number[]>(
        "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)",
      );
      assert.equal(red > 128, colorScheme === "light");
      for (const path of [
        "/counter",
        "/login",
        "/luminus",
        "/flash",
        "/cookies?name=a+b",
        "/remember",
        "/recreate",
        "/table",
      ]) {
        await page.goto(path);
        assert.deepEqual(await page.evaluate<string[]>(lowContrasts), [], path);
      }
      await logInWithKeyboard(page);
      assert.deepEqual(await page.evaluate<string[]>(lowContrasts), []);
      await page.screenshot({ path: `${screenshots}/${colorScheme}.png` });
    });
  }

  test("fits a narrow screen", { skip: withoutBrowser }, async (t) => {
    const page = await visit(t, "/", { viewport: { width: 360, height: 800 } });
    for (const path of ["/", "/cookies", "/counter", "/login/ada", "/table", "/remember"]) {
      await page.goto(path);
      assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 360, path);
    }
    const [main, panel] = [await page.getByRole("main").boundingBox(), await page.locator(".panel").boundingBox()];
    assert.ok(main && panel && panel.y >= main.y + main.height);
    await page.screenshot({ path: `${screenshots}/narrow.png` });
  });

  test("shows a mistake in the form beside it", { skip: withoutBrowser }, async (t) => {
    const page = await open(t, {}, () => undefined);
    await page.goto("/cookies");
    await page.getByLabel("Max-Age").fill("soon");
    await follow(page, () => page.getByRole("button", { name: "Set the cookie" }).click());
    assert.match(
      await page.getByRole("alert").innerText(),
      /^cookie "theme": maxAge must be a whole number of seconds/,
    );
    assert.equal(await page.getByLabel("Max-Age").inputValue(), "soon");
  });

  if (process.env["UPDATE_SCREENSHOTS"] === "1") {
    test("makes the picture of the README", { skip: withoutBrowser }, async (t) => {
      const viewport = { width: 1240, height: 1060 };
      const page = await visit(t, "/counter", { viewport, colorScheme: "light", deviceScaleFactor: 1.125 }, 3000);
      await logInWithKeyboard(page);
      await page.screenshot({ path: "docs/images/demo.png" });
    });
  }
});

/** Does something that loads a page, and waits until it is loaded. */
async function follow(page: Page, action: () => Promise<void>): Promise<void> {
  const loaded = page.waitForEvent("load");
  await action();
  await loaded;
}

async function logInWithKeyboard(page: Page): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Name").fill("ada");
  await follow(page, () => page.getByLabel("Name").press("Enter"));
}

/** Returns the titles of the panel: `POST /login 303`. */
async function exchanges(page: Page): Promise<string[]> {
  const titles = await page.locator(".exchange h3").allInnerTexts();
  return titles.map((title) => title.replaceAll(/\s+/g, " "));
}

async function sessionCookies(page: Page): Promise<{ readonly value: string; readonly expires: number }[]> {
  return (await page.context().cookies()).filter(({ name }) => name === "ring-session");
}
