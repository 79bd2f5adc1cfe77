import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";

import { serve } from "ringlet/node";
import { createVisitor, fakeClock, mockRequest } from "ringlet/testing";

import { createApp } from "../../../examples/luminus/app.ts";
import { mask } from "../../../examples/luminus/mask.ts";
import type { AppOptions } from "../../../examples/luminus/middleware.ts";
import { wrapContext } from "../../../examples/luminus/wrap-context.ts";
import { wrapInternalError } from "../../../examples/luminus/wrap-internal-error.ts";
import { client } from "../../demo/live.ts";

describe("examples/luminus", () => {
  test("the page's three routes", async (t) => {
    const { get, sessionKey } = client(await start(t));
    assert.equal((await get("/login/ada")).body, "User set to: ada");
    assert.match((await get("/")).body, /You are ada\./);
    assert.equal((await get("/remove")).body, "User removed");
    assert.match((await get("/")).body, /You are not logged in\./);
    await get("/login/ada");
    assert.equal((await get("/logout")).body, "Session cleared");
    assert.equal(sessionKey(), undefined);
  });

  test("a visitor who only looks gets no cookie; one who sees a form does", async (t) => {
    const url = await start(t);
    assert.equal((await fetch(url)).headers.get("set-cookie"), null);
    assert.match((await fetch(`${url}/account/login`)).headers.get("set-cookie") ?? "", /^ring-session=/);
  });

  test("a form without the token is refused, and a request of another site even with it", async (t) => {
    const { get, post } = client(await start(t));
    const [, token = ""] = /name="__anti-forgery-token" value="([^"]+)"/.exec((await get("/account/login")).body) ?? [];
    assert.equal((await post("/account/login", { "user-name": "eve" })).status, 403);
    const form = { "user-name": "ada", "__anti-forgery-token": token };
    assert.equal((await post("/account/login", form)).status, 303);
    assert.match((await get("/account")).body, /Welcome, ada!/);
    assert.doesNotMatch((await get("/account")).body, /Welcome/);
  });

  test("30 minutes without a request end a session", async () => {
    const clock = fakeClock();
    const visitor = createVisitor(createApp({ session: { now: clock.now } }), clock.now);
    const page = async () => String((await visitor.send("GET", "/")).body);
    await visitor.send("GET", "/login/ada");
    for (const minutes of [20, 20, 20]) {
      clock.advance(minutes * 60);
      assert.match(await page(), /You are ada\./);
    }
    clock.advance(30 * 60 + 1);
    assert.match(await page(), /You are not logged in\./);
  });

  test("data come in the client's format, and assets of a package can be cached", async (t) => {
    const url = await start(t);
    const data = await fetch(`${url}/api/session`, { headers: { accept: "application/json" } });
    assert.deepEqual(await data.json(), { user: null });
    const inFormat = async (accept: string) => (await fetch(`${url}/api/session`, { headers: { accept } })).text();
    assert.match(await inFormat("text/html"), /<pre id="data">\{\n {2}&quot;user&quot;: null\n\}/);
    assert.equal(await inFormat("text/plain"), '{\n  "user": null\n}\n');
    const asset = `${url}/assets/bulma/css/bulma.min.css`;
    const first = await fetch(asset);
    assert.match(first.headers.get("content-type") ?? "", /^text\/css/);
    await first.body?.cancel();
    const again = await fetch(asset, { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
    assert.equal(again.status, 304);
    assert.equal((await fetch(`${url}/css/screen.css`)).status, 200);
    assert.equal((await fetch(`${url}/css/..%2f..%2fapp.ts`)).status, 404);
  });

  test("below a path, links and redirects begin with it", async (t) => {
    const { get, post } = client(await start(t, { context: "/shop" }));
    assert.equal((await get("/")).status, 404);
    const form = (await get("/shop/account/login")).body;
    assert.match(form, /action="\/shop\/account\/login"/);
    const [, token = ""] = /value="([^"]+)"/.exec(form) ?? [];
    const answer = await post("/shop/account/login", { "user-name": "ada", "__anti-forgery-token": token });
    assert.equal(answer.headers.get("location"), "/shop/account");
  });

  test("an error is shown to the developer with details, without secrets", async (t) => {
    const { get } = client(await start(t, { dev: true }));
    await get("/login/ada");
    const { status, body } = await get("/broken?password=hunter2");
    assert.equal(status, 500);
    assert.match(body, /This route is broken/);
    assert.match(body, /home\.(js|ts)/, "the stack");
    assert.match(body, /user: &#39;ada&#39;/, "the session");
    assert.match(body, /sessionKey: &#39;••••&#39;/);
    assert.match(body, /cookie: &#39;••••&#39;/);
    assert.doesNotMatch(body, /hunter2/);
  });

  test("an error is shown to a visitor without details, and logged", async () => {
    const lines: string[] = [];
    const app = wrapInternalError(
      () => {
        throw new Error("a detail");
      },
      (line) => lines.push(line),
    );
    const answer = await app(mockRequest("GET", "/broken"));
    assert.equal(answer?.status, 500);
    assert.doesNotMatch(String(answer?.body), /a detail/);
    assert.match(lines.join("\n"), /^GET \/broken: Error: a detail\n {4}at /);
  });
});

test("wrapContext refuses an invalid path", () => {
  for (const context of ["shop", "/", "/shop/"]) {
    assert.throws(() => wrapContext(() => null, context), /wrapContext: context must be "" or a path such as "\/shop"/);
  }
});

test("mask hides secrets at any depth, and shows the rest", () => {
  const request = {
    uri: "/a",
    headers: { cookie: "x", authorization: "y", accept: "z" },
    params: { a: [{ newPassword: "w" }] },
  };
  assert.deepEqual(mask(request), {
    uri: "/a",
    headers: { cookie: "••••", authorization: "••••", accept: "z" },
    params: { a: [{ newPassword: "••••" }] },
  });
  assert.equal(
    mask(() => 1),
    "a function",
  );
  assert.equal(mask(new Map()), "a Map");
});

async function start(t: TestContext, options: AppOptions = {}): Promise<string> {
  const server = await serve(createApp(options), { host: "127.0.0.1", closeTimeout: 100 });
  t.after(() => server.close());
  return server.url;
}
