import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";

import fc from "fast-check";

import {
  antiForgeryField,
  type AntiForgeryOptions,
  type AntiForgeryRefusal,
  type AntiForgeryRequest,
  type AntiForgeryStrategy,
  sessionStrategy,
  signedDoubleSubmit,
  wrapAntiForgery,
} from "../../src/anti-forgery/anti-forgery.ts";
import { wrapFlash } from "../../src/flash.ts";
import { SECRET } from "../../src/data/reserved.ts";
import { wrapSession } from "../../src/session/session.ts";
import { cookieStore, generateKey } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { createVisitor, type MockParts, mockRequest } from "../../src/testing/testing.ts";
import type {
  FlashRequest,
  FlashResponse,
  Request,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../../src/types.ts";
import { deferred } from "../adapters/live.ts";

type Seen = Request & SessionRequest & FlashRequest & AntiForgeryRequest;
type Answer = Response & SessionResponse & FlashResponse;
type Job = (request: Seen) => Answer | null | Promise<Answer | null>;

const showToken: Job = ({ antiForgeryToken }) => ({ body: antiForgeryToken });
const logIn: Job = () => ({ session: { user: "ada" }, sessionRecreate: true });

/** Makes an application where each request brings its own job, and a browser for it. */
function site(options: AntiForgeryOptions = {}, sessionOptions: SessionOptions = {}) {
  const store = memoryStore();
  const refusals: AntiForgeryRefusal[] = [];
  const jobs = new Map<string, Job>();
  let count = 0;
  const app = wrapSession(
    wrapFlash(
      wrapAntiForgery((request) => jobs.get(request.uri)?.(request as unknown as Seen) ?? null, {
        onRefused: (refusal) => refusals.push(refusal),
        ...options,
      }),
    ),
    { store, ...sessionOptions },
  );
  const visitor = createVisitor(async (request) => (await app(request)) ?? { status: 404 });
  const send = (method: string, job: Job = () => ({ body: "done" }), more: MockParts = {}) => {
    const uri = `/${++count}`;
    jobs.set(uri, job);
    return visitor.send(method, uri, more);
  };
  const post = (token: string | undefined, job?: Job, headers: Record<string, string> = {}) => {
    const { host } = mockRequest("POST", "/").headers;
    const own = token === undefined ? {} : { "x-csrf-token": token };
    return send("POST", job, { headers: { host, ...own, ...headers } });
  };
  const token = async (job: Job = showToken) => String((await send("GET", job)).body);
  const session = async () => {
    let seen: SessionData = {};
    await send("GET", ({ session: current }) => ((seen = current), {}));
    return seen;
  };
  return { app, store, jobs, jar: visitor.jar, send, post, token, session, refusals };
}

describe("methods", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    test(`${method} passes, from any site`, async () => {
      const { send } = site();
      const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      assert.equal((await send(method, undefined, { headers })).body, "done");
    });
  }
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"]) {
    test(`${method} needs a proof`, async () => {
      const { send, refusals } = site();
      const { status, headers, body } = await send(method);
      assert.deepEqual(
        [status, headers, body],
        [403, { "content-type": "text/html" }, "<h1>Invalid anti-forgery token</h1>"],
      );
      assert.deepEqual(
        refusals.map(({ reason, method: of, uri }) => [reason, of, uri]),
        [["token-missing", method, "/1"]],
      );
    });
  }
});

/** Headers of a browser, and the outcome of a request with them, without a token and with the right one. */
const says: readonly (readonly [Record<string, string>, without: string, withToken: string])[] = [
  [{ "sec-fetch-site": "same-origin" }, "done", "done"],
  [{ "sec-fetch-site": "same-origin", origin: "http://localhost" }, "done", "done"],
  // Browsers send these if the page has Referrer-Policy: no-referrer, or a proxy changes the host.
  [{ "sec-fetch-site": "same-origin", origin: "null" }, "done", "done"],
  [{ "sec-fetch-site": "same-origin", origin: "https://shop.example" }, "done", "done"],
  [{ "sec-fetch-site": "cross-site" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "cross-site", origin: "http://localhost" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "same-site", origin: "http://other.localhost" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "same-site", origin: "https://admin.example" }, "done", "done"],
  [{ "sec-fetch-site": "cross-site", origin: "https://admin.example" }, "done", "done"],
  [{ "sec-fetch-site": "cross-site", origin: "https://admin.example:8443" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "cross-site", origin: "http://admin.example" }, "cross-site", "cross-site"],
  [{ "sec-fetch-site": "none" }, "token-missing", "done"],
  [{ "sec-fetch-site": "none", origin: "https://evil.example" }, "foreign-origin", "foreign-origin"],
  [{ "sec-fetch-site": "same-planet" }, "unknown-site", "unknown-site"],
  [{ "sec-fetch-site": "same-planet", origin: "http://localhost" }, "done", "done"],
  [{ "sec-fetch-site": "same-origin, same-origin" }, "unknown-site", "unknown-site"],
  [{ "sec-fetch-site": "Same-Origin" }, "unknown-site", "unknown-site"],
  [{ "sec-fetch-site": "" }, "unknown-site", "unknown-site"],
  [{ origin: "http://localhost" }, "done", "done"],
  [{ origin: "https://admin.example" }, "done", "done"],
  [{ origin: "null" }, "foreign-origin", "foreign-origin"],
  [{ origin: "" }, "foreign-origin", "foreign-origin"],
  [{ origin: "https://localhost" }, "foreign-origin", "foreign-origin"],
  [{ origin: "http://localhost:8080" }, "foreign-origin", "foreign-origin"],
  [{ origin: "http://localhost.evil.example" }, "foreign-origin", "foreign-origin"],
  [{ origin: "http://localhost/" }, "foreign-origin", "foreign-origin"],
  [{ origin: "http://localhost, http://localhost" }, "foreign-origin", "foreign-origin"],
  [{}, "token-missing", "done"],
];

describe("headers of a browser count before the token", () => {
  for (const [headers, without, withToken] of says) {
    test(JSON.stringify(headers), async () => {
      const { post, token, refusals } = site({ trustedOrigins: ["https://admin.example"] });
      const shown = await token();
      for (const [sent, expected] of [[undefined, without] as const, [shown, withToken] as const]) {
        const { status, body } = await post(sent, undefined, headers);
        const outcome = status === 403 ? refusals.at(-1)?.reason : body;
        assert.equal(outcome, expected, sent === undefined ? "without a token" : "with the token");
        // With `token: "always"` the token is a further condition, never a substitute for the headers.
      }
      const always = site({ trustedOrigins: ["https://admin.example"], token: "always" });
      const right = await always.token();
      assert.equal((await always.post(undefined, undefined, headers)).status, 403);
      assert.equal((await always.post(right, undefined, headers)).status ?? 200, withToken === "done" ? 200 : 403);
    });
  }
});

describe("the token", () => {
  test("is read from a field of either kind of form, or from two headers; a wrong field is refused despite a right header", async () => {
    const { post, send, token, refusals } = site();
    const right = await token();
    const forms = (formParams: object, headers: Record<string, string> = {}) =>
      send("POST", undefined, { headers, formParams } as MockParts);
    assert.equal((await forms({ "__anti-forgery-token": right })).body, "done");
    const multipartParams = { "__anti-forgery-token": right };
    assert.equal((await send("POST", undefined, { multipartParams } as MockParts)).body, "done");
    assert.equal((await post(right)).body, "done");
    assert.equal((await post(undefined, undefined, { "x-xsrf-token": right })).body, "done");
    assert.equal((await forms({ "__anti-forgery-token": "wrong" }, { "x-csrf-token": right })).status, 403);
    assert.equal((await forms({ "__anti-forgery-token": [right, right] })).status, 403);
    assert.equal((await forms(JSON.parse('{"__proto__": {"__anti-forgery-token": "x"}}') as object)).status, 403);
    assert.deepEqual(
      refusals.map(({ reason }) => reason),
      ["token-wrong", "token-wrong", "token-missing"],
    );
  });

  test("is another text in each response, and all of them are accepted", async () => {
    const { post, token } = site();
    const tokens = [await token(), await token(), await token()];
    assert.equal(new Set(tokens).size, 3);
    for (const each of tokens) assert.equal((await post(each)).body, "done");
  });

  test("is the same text throughout one request", async () => {
    const { token } = site();
    await token((request) => {
      const { antiForgeryToken, ...copy } = { ...request };
      assert.equal(request.antiForgeryToken, antiForgeryToken);
      assert.equal(antiForgeryField(request).includes(antiForgeryToken), true);
      return { body: typeof copy };
    });
  });

  test("of another visitor, or of nobody, is refused", async () => {
    const { post, token, refusals, jar, store } = site();
    const mine = await token();
    jar.clear();
    assert.equal((await post(mine)).status, 403);
    await token();
    assert.equal((await post(mine)).status, 403);
    assert.deepEqual(
      refusals.map(({ reason }) => reason),
      ["token-unknown", "token-wrong"],
    );
    assert.equal(store.size, 2);
  });

  test("property: no text throws", async () => {
    const { post, token } = site();
    await token();
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        assert.equal((await post(text)).status, 403);
      }),
      { numRuns: 200 },
    );
  });

  test("makes no session and sets no cookie if nobody reads it", async () => {
    const { send, post, store } = site();
    assert.equal((await send("GET")).headers?.["set-cookie"], undefined);
    assert.equal(
      (await post(undefined, undefined, { "sec-fetch-site": "same-origin" })).headers?.["set-cookie"],
      undefined,
    );
    assert.equal((await post("wrong")).headers?.["set-cookie"], undefined);
    assert.equal(store.size, 0);
  });
});

describe("the session", () => {
  /** The handler's answer, the session that it leaves, and whether an open form is still accepted after it. */
  const answers: readonly (readonly [string, Job, SessionData, boolean])[] = [
    ["nothing", () => ({}), { n: 1 }, true],
    ["a fresh map", () => ({ session: { user: "ada" } }), { user: "ada" }, true],
    ["an empty map", () => ({ session: {} }), {}, true],
    ["a changed map", ({ session }) => ({ session: { ...session, m: 2 } }), { n: 1, m: 2 }, true],
    ["a function", () => ({ session: (current) => ({ ...current, m: 2 }) }), { n: 1, m: 2 }, true],
    ["a function with a fresh map", () => ({ session: () => ({ m: 2 }) }), { m: 2 }, true],
    ["a flash", () => ({ flash: "hello" }), { n: 1 }, true],
    ["null", () => ({ session: null }), {}, false],
    ["a function with null", () => ({ session: () => null }), {}, false],
    ["null and a flash", () => ({ session: null, flash: "bye" }), {}, false],
    ["a log-in", logIn, { user: "ada" }, false],
    [
      "a log-in by function",
      () => ({ session: (c) => ({ ...c, m: 2 }), sessionRecreate: true }),
      { n: 1, m: 2 },
      false,
    ],
    ["a log-in with a flash", () => ({ session: { m: 2 }, sessionRecreate: true, flash: "hi" }), { m: 2 }, false],
    ["a renewal", () => ({ sessionRecreate: true }), { n: 1 }, false],
  ];
  const stores: Readonly<Record<string, () => SessionOptions>> = {
    memory: () => ({ store: memoryStore() }),
    "sealed cookie": () => ({ store: cookieStore({ key: generateKey() }) }),
    "memory, absolute limit": () => ({ store: memoryStore(), timeout: { absolute: 3600 } }),
    "memory, schema": () => ({
      store: memoryStore(),
      schema: { "~standard": { version: 1, vendor: "test", validate: strict } },
    }),
  };
  for (const [storeName, options] of Object.entries(stores)) {
    for (const [what, job, left, good] of answers) {
      test(`${storeName}: a handler that answers ${what}`, async () => {
        const { post, token, session } = site({}, options());
        const shown = await token(({ antiForgeryToken }) => ({ body: antiForgeryToken, session: { n: 1 } }));
        const seen: SessionData[] = [];
        await post(shown, (request) => (seen.push(request.session), job(request)));
        assert.deepEqual(seen, [{ n: 1 }]);
        assert.deepEqual(await session(), left);
        assert.equal((await post(shown)).status ?? 200, good ? 200 : 403);
        assert.equal((await post(await token())).body, "done");
      });
    }
  }

  test("a form in the answer to the log-in is accepted after it", async () => {
    const { post, token } = site();
    const before = await token();
    const answer = await post(before, ({ antiForgeryToken }) => ({
      body: antiForgeryToken,
      session: { user: "ada" },
      sessionRecreate: true,
    }));
    assert.equal((await post(String(answer.body))).body, "done");
    assert.equal((await post(before)).status, 403);
  });

  test("a form from before a log-in is refused after it, even from another page", async () => {
    const { post, token } = site();
    const [before, another] = [await token(), await token()];
    await post(before, logIn);
    for (const old of [before, another]) assert.equal((await post(old)).status, 403);
  });

  test("a handler that returns nothing, or throws, leaves the session alone", async () => {
    const { send, store } = site();
    assert.equal((await send("GET", ({ antiForgeryToken }) => (antiForgeryToken === "" ? {} : null))).status, 404);
    await assert.rejects(
      send("GET", ({ antiForgeryToken }) => {
        throw new Error(antiForgeryToken.slice(0, 0));
      }),
    );
    assert.equal(store.size, 0);
  });

  test("a handler cannot set the reserved key", async () => {
    const { send } = site();
    const own = { [SECRET]: "mine" };
    for (const session of [own, () => own]) {
      await assert.rejects(
        send("GET", () => ({ session })),
        { name: "SessionDataError", message: /is reserved/ },
      );
    }
  });

  test("a value under the reserved key from elsewhere is no token, and is replaced", async () => {
    const store = memoryStore();
    const app = wrapSession(({ session }) => ({ session: { ...session, [SECRET]: "forged" } }), { store });
    const { jar, token, post } = site({}, { store });
    jar.take((await app(mockRequest("GET", "/"))) ?? {});
    assert.equal((await post("forged")).status, 403);
    assert.equal((await post(await token())).body, "done");
  });

  test("is needed only if the token is read", async () => {
    const app = wrapAntiForgery((request) => ({
      body: request.uri === "/form" ? request.antiForgeryToken : "no form",
    }));
    const ask = async (method: string, target: string) => app(mockRequest(method, target) as never);
    assert.equal((await ask("GET", "/"))?.body, "no form");
    assert.equal((await ask("POST", "/"))?.status, 403);
    await assert.rejects(ask("GET", "/form"), /antiForgeryToken: the request has no session; put wrapSession round/);
  });
});

function strict(value: unknown) {
  const known = ["n", "m", "user"];
  const unknown = Object.keys(value as object).filter((key) => !known.includes(key));
  return unknown.length > 0 ? { issues: [{ message: unknown.join() }] } : { value: value as SessionData };
}

describe("requests that overlap", () => {
  test("two pages that show the session's first token at once: both forms are accepted", async () => {
    for (const options of [{ store: memoryStore() }, { store: cookieStore({ key: generateKey() }) }]) {
      const { send, post } = site({}, options);
      await send("GET", () => ({ session: { n: 1 } }));
      const both = deferred();
      let waiting = 0;
      const page: Job = async ({ antiForgeryToken }) => {
        if (++waiting === 2) both.resolve();
        await both.promise;
        return { body: antiForgeryToken };
      };
      const pages = await Promise.all([send("GET", page), send("GET", page)]);
      for (const { body } of pages) assert.equal((await post(String(body))).body, "done");
    }
  });

  test("a page that is overtaken by a log-in: its form is refused, and the old token is not stored again", async () => {
    const store = memoryStore();
    const { send, post, token, session, jar } = site({}, { store });
    await send("GET", () => ({ session: { n: 1 } }));
    const planted = jar.get("ring-session");
    const loggedIn = deferred();
    const page = send("GET", async ({ antiForgeryToken }) => (await loggedIn.promise, { body: antiForgeryToken }));
    // Meanwhile another page stores the session's first token, during the log-in.
    await post(undefined, async (request) => (await token(), logIn(request)), { "sec-fetch-site": "same-origin" });
    loggedIn.resolve();
    const late = String((await page).body);
    assert.notEqual(jar.get("ring-session"), planted);
    assert.deepEqual(await session(), { user: "ada" });
    assert.equal((await post(late)).status, 403);
    assert.equal((await post(await token())).body, "done");
    assert.equal(store.size, 1);
  });
});

describe("signedDoubleSubmit", () => {
  const key = generateKey();
  const over = (scheme: "http" | "https"): MockParts => ({ scheme });

  test("stores nothing on the server, and sends its cookie once", async () => {
    const { send, post, store, jar } = site({ strategy: signedDoubleSubmit({ key }) });
    const first = await send("GET", showToken);
    assert.match(String(first.headers?.["set-cookie"]), /^anti-forgery=[\w-]{86}; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.equal(first.headers?.["cache-control"], "no-store");
    const second = await send("GET", showToken);
    assert.equal(second.headers?.["set-cookie"], undefined);
    assert.notEqual(second.body, first.body);
    for (const { body } of [first, second]) assert.equal((await post(String(body))).body, "done");
    assert.equal(store.size, 0);
    jar.clear();
    assert.equal((await post(String(first.body))).status, 403);
  });

  test("has a __Host- cookie over https", async () => {
    const { send } = site({ strategy: signedDoubleSubmit({ key }) });
    const { headers } = await send("GET", showToken, over("https"));
    assert.match(String(headers?.["set-cookie"]), /^__Host-anti-forgery=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const behindProxy = site({ strategy: signedDoubleSubmit({ key, secure: true, cookieName: "forms" }) });
    assert.match(String((await behindProxy.send("GET", showToken)).headers?.["set-cookie"]), /^__Host-forms=/);
  });

  test("is bound to the session: a log-in and a log-out end its tokens", async () => {
    const { post, token } = site({ strategy: signedDoubleSubmit({ key }) });
    const before = await token();
    await post(before, logIn);
    assert.equal((await post(before)).status, 403);
    const after = await token();
    assert.equal((await post(after, () => ({ session: null }))).status ?? 200, 200);
    assert.equal((await post(after)).status, 403);
  });

  test("refuses a cookie of another key, of another session, or with any character changed", async () => {
    const { send, jar, token } = site({ strategy: signedDoubleSubmit({ key }) });
    const shown = await token();
    const cookie = jar.get("anti-forgery") ?? "";
    const post = (value: string) =>
      send("POST", undefined, { headers: { cookie: `anti-forgery=${value}`, "x-csrf-token": shown } });
    assert.equal((await post(cookie)).body, "done");
    for (let at = 0; at < cookie.length; at++) {
      const changed = cookie.slice(0, at) + (cookie[at] === "A" ? "B" : "A") + cookie.slice(at + 1);
      assert.equal((await post(changed)).status, 403, `character ${at}`);
    }
    const other = site({ strategy: signedDoubleSubmit({ key: generateKey() }) });
    await other.token();
    assert.equal((await post(other.jar.get("anti-forgery") ?? "")).status, 403);
    const bound = site({ strategy: signedDoubleSubmit({ key, boundTo: () => "eve" }) });
    await bound.token();
    assert.equal((await post(bound.jar.get("anti-forgery") ?? "")).status, 403);
  });

  test("throws for wrong options when it is built", () => {
    assert.throws(() => signedDoubleSubmit({ key: "short" }), /signedDoubleSubmit: key must be 32 bytes/);
    assert.throws(() => signedDoubleSubmit({ key, cookiename: "x" } as never), /did you mean "cookieName"/);
    assert.throws(() => signedDoubleSubmit({ key, cookieName: "a b" }), { name: "CookieError" });
    assert.throws(() => signedDoubleSubmit({ key, boundTo: "x" as never }), /boundTo must be a function, got text/);
    assert.throws(() => signedDoubleSubmit({ key, secure: 1 as never }), /secure must be true or false, got a number/);
  });
});

describe("options", () => {
  test("a safe header replaces the token, unless it is blank", async () => {
    const { post } = site({ safeHeader: "X-Ring-Anti-Forgery" });
    assert.equal((await post(undefined, undefined, { "x-ring-anti-forgery": "1" })).body, "done");
    for (const blank of ["", " ", "\t"]) {
      assert.equal((await post(undefined, undefined, { "x-ring-anti-forgery": blank })).status, 403);
    }
    const elsewhere = { "x-ring-anti-forgery": "1", "sec-fetch-site": "cross-site" };
    assert.equal((await post(undefined, undefined, elsewhere)).status, 403);
  });

  test("readToken may be async, and is called only if the token decides", async () => {
    let asked = 0;
    const { post, token } = site({
      readToken: async ({ headers }) => (asked++, String(headers["x-own"])),
    });
    const right = await token();
    assert.equal((await post(undefined, undefined, { "x-own": right })).body, "done");
    await post(undefined, undefined, { "sec-fetch-site": "same-origin" });
    await post(undefined, undefined, { origin: "https://evil.example" });
    assert.equal(asked, 1);
    assert.equal((await post(right)).status, 403);
  });

  test("errorResponse is the answer; errorHandler makes one, and may show a form and leave a flash", async () => {
    const { post } = site({ errorResponse: { status: 418, body: "no" } });
    assert.deepEqual(await post(undefined), { status: 418, body: "no" });
    const shows = site({
      errorHandler: ({ antiForgeryToken }) => ({
        status: 403,
        body: antiForgeryToken,
        session: { n: 1 },
        flash: "again",
      }),
    });
    const { body } = await shows.post(undefined);
    assert.equal((await shows.post(String(body), (request) => ({ body: String(request.flash) }))).body, "again");
    assert.deepEqual(await shows.session(), { n: 1 });
  });

  test("a custom strategy is a plain object of functions, which may be async", async () => {
    const calls: unknown[] = [];
    const strategy: AntiForgeryStrategy = {
      getToken: () => "<own>",
      checkToken: async (_, sent) => (sent === "<own>" ? "valid" : "wrong"),
      writeToken: async (_, response, shown) => (calls.push(shown), response),
    };
    const { send, post } = site({ strategy });
    assert.match(
      String((await send("GET", (request) => ({ body: antiForgeryField(request) }))).body),
      /"&lt;own&gt;">$/,
    );
    assert.equal((await post("<own>")).body, "done");
    assert.equal((await post("other")).status, 403);
    assert.deepEqual(calls, ["<own>", undefined, undefined]);
  });

  test("mistakes throw when the middleware is built", () => {
    const build = (options: object) => () => wrapAntiForgery(() => null, options);
    assert.throws(() => wrapAntiForgery("x" as never), /wrapAntiForgery: handler must be a function/);
    assert.throws(
      build({ errorResponse: {}, errorHandler: () => null }),
      /errorResponse and errorHandler are both given/,
    );
    assert.throws(build(null as never), /wrapAntiForgery: options must be an object, got null/);
    assert.throws(build({ trustedOrigin: [] }), /unknown option "trustedOrigin"; did you mean "trustedOrigins"/);
    assert.throws(build({ trustedOrigins: ["*"] }), /trustedOrigins must be origins/);
    assert.throws(build({ token: "never" }), /token must be "fallback" or "always", got "never"/);
    assert.throws(build({ safeHeader: true }), /safeHeader must be the name of a header, got true/);
    assert.throws(build({ readToken: "x" }), /readToken must be a function, got text/);
    assert.throws(build({ errorHandler: {} }), /errorHandler must be a function, got an object/);
    assert.throws(build({ errorResponse: "no" }), /errorResponse must be a response/);
    assert.throws(build({ onRefused: 1 }), /onRefused must be a function, got a number/);
    assert.throws(
      build({ strategy: { getToken: () => "" } }),
      /strategy must be \{ getToken, checkToken, writeToken \}/,
    );
    assert.doesNotThrow(build({ strategy: sessionStrategy(), token: undefined, onRefused: undefined }));
  });

  test("one inside another is a mistake that the first request reports", async () => {
    const app = wrapSession(wrapAntiForgery(wrapAntiForgery(() => ({})) as never));
    await assert.rejects(async () => app(mockRequest("GET", "/")), /another one is round this one already/);
  });
});

describe("a refusal", () => {
  test("tells the developer the reason, and the sender nothing", async () => {
    const { post, token, refusals } = site();
    const right = await token();
    await post(right, undefined, { origin: "https://evil.example" });
    assert.deepEqual(refusals, [
      {
        reason: "foreign-origin",
        message:
          'Origin is "https://evil.example", the request came to "http://localhost"; where a proxy changes scheme or host, tell the server whom to trust, or list the origin in trustedOrigins',
        method: "POST",
        uri: "/2",
      },
    ]);
    assert.equal(JSON.stringify(refusals).includes(right), false);
  });

  test("goes to the diagnostics channel; a listener that throws changes nothing", async () => {
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    subscribe("ringlet:anti-forgery", listener);
    const { post } = site({
      onRefused: () => {
        throw new Error("listener");
      },
    });
    assert.equal((await post(undefined)).status, 403);
    unsubscribe("ringlet:anti-forgery", listener);
    assert.deepEqual(
      heard.map((refusal) => (refusal as AntiForgeryRefusal).reason),
      ["token-missing"],
    );
  });
});
