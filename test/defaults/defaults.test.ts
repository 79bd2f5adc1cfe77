import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  assocIn,
  apiDefaults,
  secureApiDefaults,
  secureSiteDefaults,
  siteDefaults,
  wrapDefaults,
} from "../../src/defaults/defaults.ts";
import { response } from "../../src/response.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { createVisitor, mockRequest } from "../../src/testing/testing.ts";
import type { Handler, Request, SessionRequest } from "../../src/types.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };

describe("wrapDefaults", () => {
  test("with siteDefaults: params, cookies, session, flash and a token on the request", async () => {
    let seen: object = {};
    const app = wrapDefaults((request) => {
      seen = request;
      return response(request.antiForgeryToken);
    }, siteDefaults);
    const query = "a[b]=1&first-name=Ada";
    await app(mockRequest("GET", `/?${query}`, { headers: { host: "localhost", cookie: "c=d" } }));
    const { params, queryParams, cookies, session, flash } = seen as Record<string, unknown>;
    assert.deepEqual(plain(params), { a: { b: "1" }, firstName: "Ada" });
    assert.deepEqual(plain(queryParams), { "a[b]": "1", "first-name": "Ada" });
    assert.deepEqual({ cookies, session, flash }, { cookies: { c: { value: "d" } }, session: {}, flash: undefined });
  });

  test("with siteDefaults: the headers of ring-defaults", async () => {
    const app = wrapDefaults(() => ({ ...response("ok"), headers: { "content-type": "text/html" } }), siteDefaults);
    assert.deepEqual(await app(mockRequest("GET", "/")), {
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-length": "2",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
      },
      body: "ok",
    });
  });

  test("with apiDefaults: no session is read, and a session on the response is left alone", async () => {
    const app = wrapDefaults(
      (request: Request) => ({ ...response("ok"), session: { n: 1 }, seen: request }),
      apiDefaults,
    );
    const answer = (await app(mockRequest("GET", "/"))) as { session: object; seen: object };
    assert.deepEqual(answer.session, { n: 1 });
    assert.equal("session" in answer.seen, false);
  });

  test("a form needs its token, and keeps its session", async () => {
    const app = wrapDefaults(
      ({ method, params, antiForgeryToken }) =>
        method === "POST"
          ? { ...response("saved"), session: { name: String(params["name"]) } }
          : response(antiForgeryToken),
      { ...siteDefaults, session: { ...siteDefaults.session, store: memoryStore() } },
    );
    const visitor = createVisitor(app);
    const token = String((await visitor.send("GET", "/")).body);
    const post = (body: string) => visitor.send("POST", "/", { headers: { host: "localhost", ...form }, body });
    assert.equal((await post("name=Eve")).status, 403);
    const field = new URLSearchParams({ "__anti-forgery-token": token, name: "Ada" });
    assert.equal((await post(field.toString())).body, "saved");
  });

  test("secureSiteDefaults redirect to https, make the cookie Secure and add HSTS", async () => {
    const app = wrapDefaults(() => ({ ...response("ok"), session: { n: 1 } }), secureSiteDefaults);
    const redirected = await app(mockRequest("GET", "/x?y=1"));
    assert.equal(redirected?.status, 301);
    assert.equal(redirected?.headers?.["location"], "https://localhost/x?y=1");
    const secure = await app(mockRequest("GET", "/", { scheme: "https" }));
    assert.equal(secure?.headers?.["strict-transport-security"], "max-age=31536000; includeSubDomains");
    assert.match(String(secure?.headers?.["set-cookie"]), /^secure-ring-session=.*; Secure/);
    const { security } = secureApiDefaults;
    assert.deepEqual(security, { sslRedirect: true, hsts: true });
  });

  test("returns nothing if the handler does", async () => {
    assert.equal(await wrapDefaults(() => null, siteDefaults)(mockRequest("GET", "/")), null);
  });

  test("leaves each part out if it is false or missing", async () => {
    const bare = {
      params: false,
      cookies: false,
      session: false,
      security: false,
      static: false,
      responses: false,
    } as const;
    for (const defaults of [bare, {}]) {
      let seen: object = {};
      const app = wrapDefaults((request: Request) => ((seen = request), { body: "ok" }), defaults);
      const request = mockRequest("GET", "/?a=1");
      assert.deepEqual(await app(request), { body: "ok" });
      assert.equal(seen, request);
    }
  });

  test("static files read no session", async () => {
    const calls: string[] = [];
    const store = memoryStore();
    const counted = {
      ...store,
      readSession: (...args: Parameters<typeof store.readSession>) => (calls.push("read"), store.readSession(...args)),
    };
    const app = wrapDefaults(() => response("page"), {
      ...siteDefaults,
      static: { resources: "docs" },
      session: { ...siteDefaults.session, store: counted },
    });
    const visitor = createVisitor(app);
    visitor.jar.take({ headers: { "set-cookie": `ring-session=${"x".repeat(32)}; Path=/` } });
    assert.equal((await visitor.send("GET", "/concepts.md")).status, 200);
    assert.deepEqual(calls, []);
    assert.equal((await visitor.send("GET", "/nothing-here")).body, "page");
    assert.deepEqual(calls, ["read"]);
  });

  test("several folders are searched, the last one first, each with options if given", async () => {
    const app = wrapDefaults(() => null, {
      static: { files: ["src", "docs"], resources: { root: "test", indexFiles: false } },
    });
    for (const path of ["/types.ts", "/concepts.md", "/repository/markdown.ts"]) {
      const answer = await app(mockRequest("GET", path));
      assert.equal(answer?.status, 200, path);
      const { body } = answer ?? {};
      if (body && typeof body === "object" && "cancel" in body) await body.cancel();
      else if (body && typeof body === "object" && Symbol.asyncIterator in body) for await (const _ of body) break;
    }
  });

  test("refuses an unknown part, and names the nearest", () => {
    const build = (defaults: object) => () => wrapDefaults(() => null, defaults as never);
    assert.throws(build({ sesion: {} }), /wrapDefaults: unknown part "sesion"; did you mean "session"\?/);
    assert.throws(build({ security: { antiforgery: true } }), /did you mean "antiForgery"\?/);
    assert.throws(build({ session: true }), /wrapDefaults: session must be an object of options, or false, got true/);
    assert.throws(build({ params: true }), /wrapDefaults: params: parts must be an object/);
    assert.throws(
      build({ responses: { contentLength: {} } }),
      /responses\.contentLength must be true or false, got an object/,
    );
    assert.throws(build({ session: { flash: "no" } }), /session\.flash must be true or false, got "no"/);
    assert.throws(
      build({ security: { xssProtection: null } }),
      /security\.xssProtection must be options, or false .* got null/,
    );
    assert.throws(
      build({ static: { files: null } }),
      /static\.files must be options, or false to leave it out, got null/,
    );
    assert.throws(build({ cookies: 0 }), /cookies must be options, or false to leave it out, got 0/);
    assert.throws(build({ session: { storee: 1 } }), /wrapSession: unknown option "storee"/);
    assert.throws(() => wrapDefaults("x" as never, {}), /wrapDefaults: handler must be a function/);
  });
});

describe("assocIn", () => {
  test("changes one value, and shares the rest", () => {
    const changed = assocIn(siteDefaults, ["session", "cookieName"], "mine");
    assert.equal(changed.session.cookieName, "mine");
    assert.equal(changed.session.cookieAttrs, siteDefaults.session.cookieAttrs);
    assert.equal(changed.params, siteDefaults.params);
    assert.equal("cookieName" in siteDefaults.session, false);
  });

  test("makes missing maps, also in place of true", () => {
    assert.deepEqual(assocIn({}, ["a", "b", "c"], 1), { a: { b: { c: 1 } } });
    assert.deepEqual(assocIn({ a: true }, ["a", "b"], 1), { a: { b: 1 } });
  });

  test("has the type of the changed map", () => {
    const off: false = assocIn(siteDefaults, ["security", "antiForgery"], false).security.antiForgery;
    assert.equal(off, false);
  });

  test("refuses a path that leads nowhere", () => {
    assert.throws(() => assocIn({}, [] as never, 1), /assocIn: path must be a list of names/);
    assert.throws(() => assocIn({ a: "text" }, ["a", "b"], 1), /assocIn: what holds "b" must be a map, got text/);
  });

  test("a key named __proto__ is a key", () => {
    const made = assocIn({}, ["__proto__"], { polluted: true });
    assert.equal(Object.getPrototypeOf(made), Object.prototype);
    assert.equal("polluted" in made, false);
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test("the compiler refuses a handler that needs a part that is off", () => {
  const needsSession = ({ session }: Request & SessionRequest<{ user?: string }>) => ({ body: session.user ?? "" });
  const site: Handler = wrapDefaults(needsSession, siteDefaults);
  // @ts-expect-error apiDefaults have no session
  const api: Handler = wrapDefaults(needsSession, apiDefaults);
  const withoutAntiForgery = assocIn(siteDefaults, ["security", "antiForgery"], false);
  // @ts-expect-error there is no token without anti-forgery
  const token = wrapDefaults((request) => ({ body: request.antiForgeryToken }), withoutAntiForgery);
  assert.ok([site, api, token].every((app) => typeof app === "function"));
});
