import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore, type StoreContext } from "ringlet";
import { deferred } from "../adapters/live.ts";
import { client, demo, stores, type Answer } from "./live.ts";

const paths = ["/", "/login", "/luminus", "/counter", "/flash", "/cookies", "/remember", "/recreate", "/table"];

for (const { name, make } of stores) {
  describe(`the demo on the ${name} store`, () => {
    test("every page is HTML, safe to show and never cached", async (t) => {
      const url = await demo(t, make(), name);
      for (const path of paths) {
        const { status, headers, body } = await client(url).get(path);
        assert.equal(status, 200, path);
        assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
        assert.equal(headers.get("cache-control"), "no-store");
        assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';/);
        assert.equal(body.match(/<h1>/g)?.length, 1, path);
        assert.match(body, new RegExp(`${name} store`));
        assert.doesNotMatch(body, /<script|style=|undefined<\/h1>|\[object/, path);
      }
    });

    test("the Luminus routes, for curl", async (t) => {
      const curl = client(await demo(t, make(), name), "*/*");
      const login = await curl.get("/login/ada%20l");
      assert.equal(login.headers.get("content-type"), "text/plain; charset=utf-8");
      assert.match(login.body, /^User set to: ada l\n/);
      assert.equal(login.setCookies.length, 1);
      assert.match((await curl.get("/login/grace")).body, /request +session: { user: 'ada l' }/);
      assert.match((await curl.get("/remove")).body, /^User removed\n/);
      assert.match((await curl.get("/remove")).body, /request +session: {}\n/);
      const logout = await curl.get("/logout");
      assert.match(logout.body, /^Session cleared\n/);
      assert.match(String(logout.setCookies), /^ring-session=;.*Max-Age=0/);
      assert.equal(curl.sessionKey(), undefined);
    });

    test("the Luminus routes, in a browser", async (t) => {
      const browser = client(await demo(t, make(), name));
      assert.match((await browser.get("/login/ada")).body, /ada<\/span> <button[^]*User set to: ada</);
      assert.match((await browser.get("/logout")).body, /href="\/login">Log in[^]*Session cleared</);
    });

    test("the form logs in under a new key, greets once, and logs out", async (t) => {
      const browser = client(await demo(t, make(), name));
      await browser.get("/counter");
      const before = browser.sessionKey();
      const login = await browser.post("/login", { name: " ada " });
      assert.equal(login.status, 303);
      assert.equal(login.headers.get("location"), "/");
      assert.notEqual(browser.sessionKey(), before);
      const home = await browser.get("/");
      assert.match(home.body, /role="status">Welcome, ada\.</);
      assert.match(home.body, /visits: 1, user: &#39;ada&#39;/);
      assert.doesNotMatch((await browser.get("/")).body, /role="status"/);
      assert.equal((await browser.post("/logout")).status, 303);
      const after = await browser.get("/");
      assert.match(after.body, /role="status">You are logged out\.</);
      assert.match(after.body, /href="\/login">Log in<\/a>/);
    });

    test("an invalid name is refused on the page", async (t) => {
      const browser = client(await demo(t, make(), name));
      for (const wrong of ["", " ", "x".repeat(41)]) {
        const { status, body, setCookies } = await browser.post("/login", { name: wrong });
        assert.equal(status, 400);
        assert.match(body, /aria-invalid="true"[^]*role="alert">A name has/);
        assert.doesNotMatch(String(setCookies), /ring-session/);
      }
      assert.equal((await browser.get(`/login/${"x".repeat(41)}`)).status, 400);
    });

    test("the counter counts, and shows its function", async (t) => {
      const url = await demo(t, make(), name);
      const browser = client(url);
      for (const visits of ["1", "2", "3"]) {
        assert.match((await browser.get("/counter")).body, new RegExp(`<strong>${visits}</strong> visits? in`));
      }
      const { body } = await client(url, "*/*").get("/counter");
      assert.match(body, /^1 visit in this session\n[^]*response +session: \(current\) => \(\{ \.\.\.current/);
    });

    test("a flash is on the next page, once", async (t) => {
      const browser = client(await demo(t, make(), name));
      assert.equal((await browser.post("/flash", { message: "<b>Saved</b>" })).headers.get("location"), "/flash");
      assert.match((await browser.get("/flash")).body, /role="status">&lt;b&gt;Saved&lt;\/b&gt;</);
      assert.doesNotMatch((await browser.get("/flash")).body, /role="status"/);
    });

    test("the session cookie can last a week, or until the browser closes", async (t) => {
      const browser = client(await demo(t, make(), name));
      await browser.get("/login/ada");
      assert.match(sessionCookieOf(await browser.post("/remember", { until: "week" })), /; Max-Age=604800/);
      assert.match((await browser.get("/remember")).body, /Remembered for a week/);
      assert.doesNotMatch(sessionCookieOf(await browser.post("/remember", { until: "close" })), /Max-Age/);
    });

    test("the same session gets a new key", async (t) => {
      const browser = client(await demo(t, make(), name));
      assert.equal(sessionCookieOf(await browser.post("/recreate")), "");
      await browser.get("/login/ada");
      const before = browser.sessionKey() ?? "";
      await browser.post("/recreate");
      assert.notEqual(browser.sessionKey(), before);
      assert.match((await browser.get("/recreate")).body, /{ user: &#39;ada&#39; }/);
    });
  });
}

test("ten requests that read the same session count as ten", async (t) => {
  const memory = memoryStore();
  const tenReads = deferred();
  let reads = 0;
  const store = {
    ...memory,
    async readSession(key: string, context: StoreContext) {
      const session = await memory.readSession(key, context);
      if (++reads === 10) tenReads.resolve();
      await tenReads.promise;
      return session;
    },
  };
  const browser = client(await demo(t, store));
  await browser.get("/counter");
  await Promise.all(Array.from({ length: 10 }, () => browser.get("/counter")));
  assert.match((await browser.get("/counter")).body, /<strong>12<\/strong>/);
});

test("an unknown path is a 404, a wrong method a 405", async (t) => {
  const url = await demo(t);
  for (const path of ["/nowhere", "/login/a/b", "/login/", "/login/%zz", "/__proto__", "/table/null", "/%00"]) {
    const { status } = await client(url).get(path);
    assert.equal(status, path === "/table/null" ? 405 : 404, path);
  }
  for (const row of ["constructor", "unheard-of"]) assert.equal((await client(url).post(`/table/${row}`)).status, 404);
  const wrong = await client(url).post("/counter");
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET");
  assert.equal((await fetch(`${url}/login`, { method: "PUT" })).headers.get("allow"), "GET, POST");
});

test("a HEAD is a GET without its body", async (t) => {
  const response = await fetch(`${await demo(t)}/flash`, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
});

test("a form of another type is a 415, a long one a 413", async (t) => {
  const url = await demo(t);
  const post = (body: string, type: string): Promise<Response> =>
    fetch(`${url}/flash`, { method: "POST", body, headers: { "content-type": type }, redirect: "manual" });
  assert.equal((await post("{}", "application/json")).status, 415);
  assert.equal((await post(`message=${"x".repeat(16_377)}`, "application/x-www-form-urlencoded")).status, 413);
  assert.equal(
    (await post(`message=${"x".repeat(16_376)}`, "Application/X-WWW-Form-Urlencoded; charset=utf-8")).status,
    303,
  );
});

test("a visitor's input is escaped on every page", async (t) => {
  const browser = client(await demo(t));
  const evil = `"'><script>alert(1)</script>&`;
  await browser.post("/login", { name: evil });
  const pages = [await browser.get("/"), await browser.get(`/login/${encodeURIComponent(evil)}`)];
  pages.push(await browser.get(`/${evil}`), await browser.get(`/cookies?name=${encodeURIComponent(evil)}`));
  pages.push(await browser.post("/cookies", { name: evil, value: evil, path: evil }));
  for (const { body } of pages) assert.doesNotMatch(body, /<script|"'>/);
});

test("the style sheet and the picture are served without a session", async (t) => {
  const url = await demo(t);
  for (const [path, type] of [
    ["/styles.css", "text/css; charset=utf-8"],
    ["/ring.svg", "image/svg+xml"],
  ] as const) {
    const { status, headers, setCookies } = await client(url).get(path);
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), type);
    assert.deepEqual(setCookies, []);
  }
});

function sessionCookieOf({ setCookies }: Answer): string {
  return setCookies.find((line) => line.startsWith("ring-session=")) ?? "";
}
