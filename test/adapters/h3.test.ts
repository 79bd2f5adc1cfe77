import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { H3, type H3Config, HTTPError, HTTPResponse } from "h3";
import { session, type SessionDraft } from "../../src/adapters/h3.ts";
import { SessionStoreError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { adapterLaws, cookieJar } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";
import { traced } from "../support/traced.ts";
import { serveH3 } from "./h3-law-server.ts";

interface App {
  user?: string;
  visits?: number;
}

declare module "h3" {
  interface H3EventContext extends SessionDraft<App> {}
}

describe("laws", () => {
  for (const { name, check } of adapterLaws) {
    test(name, async (t) => {
      if ((await check(serveH3, memoryStore)) === "does not apply") t.skip("does not apply");
    });
  }
});

/** Makes an application, a browser for it, and a log of the store's calls. */
function application(given: SessionStore = memoryStore(), config: H3Config = {}) {
  const { store, calls } = traced(given);
  const app = new H3({ silent: true, ...config });
  app.use(session<App>({ store }));
  app.get("/seen", ({ context }) => context.session);
  const jar = cookieJar();
  const send = async (path: string): Promise<Response> => {
    const cookie = jar.header();
    const response = await app.request(path, { headers: cookie === undefined ? {} : { cookie } });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    return response;
  };
  const seen = async (): Promise<unknown> => (await send("/seen")).json();
  return { app, send, seen, calls, jar };
}

describe("a session is saved before the response, whatever a handler returns", () => {
  const own = { "x-own": "1", vary: "Accept", "cache-control": "private" };
  const answers: Record<string, () => unknown> = {
    text: () => "hello",
    "an object": () => ({ hello: true }),
    "a stream": () => new Blob(["hello"]).stream(),
    nothing: () => null,
    "a Response": () => new Response("hello", { headers: own }),
    "a Response of status 422": () => new Response("hello", { status: 422, headers: own }),
    "an HTTPResponse": () => new HTTPResponse("hello", { status: 422, headers: own }),
    "a redirect of the platform": () => Response.redirect("http://localhost/seen", 303),
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async () => {
      const { app, send, seen } = application();
      app.get("/", ({ context, res }) => {
        context.session.user = "Ada";
        res.headers.append("set-cookie", "prepared=1");
        res.errHeaders.append("set-cookie", "prepared=1");
        return answer();
      });
      const { headers } = await send("/");
      assert.deepEqual(
        headers.getSetCookie().map((line) => line.split("=")[0]),
        ["prepared", "ring-session"],
      );
      const decided = headers.has("x-own");
      assert.equal(headers.get("vary"), decided ? "Accept, Cookie" : "Cookie");
      assert.equal(headers.get("cache-control"), decided ? "private" : "no-store");
      assert.deepEqual(await seen(), { user: "Ada" });
    });
  }

  test("a Response that serves many requests is not changed", async () => {
    const { app, send } = application();
    const kept = new Response(null, { status: 204 });
    app.get("/", ({ context }) => {
      context.session.user = "Ada";
      return kept;
    });
    assert.equal((await send("/")).headers.getSetCookie().length, 1);
    assert.deepEqual(kept.headers.getSetCookie(), []);
  });

  test("also if no route is found", async () => {
    const { app, send, seen } = application();
    app.use(({ context }) => void (context.session.user = "Ada"));
    assert.equal((await send("/nowhere")).status, 404);
    assert.deepEqual(await seen(), { user: "Ada" });
  });
});

test("a copy of the context does not use up the flash", async () => {
  const { app, send } = application();
  app.get("/leave", ({ context }) => (context.flash = "hello"));
  app.get("/copy", ({ context }) => Object.keys({ ...context }));
  app.get("/look", ({ context }) => ({ flash: context.flash }));
  await send("/leave");
  assert.ok(!(await (await send("/copy")).text()).includes("flash"));
  assert.deepEqual(await (await send("/look")).json(), { flash: "hello" });
  assert.deepEqual(await (await send("/look")).json(), {});
});

describe("what fails", () => {
  for (const how of ["throws", "returns"]) {
    test(`a handler that ${how} an error: nothing is saved`, async () => {
      const { app, send, calls } = application();
      app.get("/", ({ context }) => {
        context.session.user = "Ada";
        const error = new HTTPError({ status: 409 });
        if (how === "throws") throw error;
        return error;
      });
      const { status, headers } = await send("/");
      assert.deepEqual([status, headers.getSetCookie()], [409, []]);
      assert.deepEqual(calls(), []);
    });
  }

  test("saving: 503, onError gets the error, and nothing of the handler's answer is sent", async () => {
    const store = { ...memoryStore(), writeSession: () => Promise.reject(new Error("no connection")) };
    const errors: HTTPError[] = [];
    const { app, send } = application(store, { onError: (error) => void errors.push(error) });
    let cancelled = false;
    app.get("/", ({ context, res }) => {
      context.session.user = "Ada";
      res.headers.set("set-cookie", "own=1");
      const body = new ReadableStream({ cancel: () => void (cancelled = true) });
      return new Response(body, { status: 303, headers: { location: "/" } });
    });
    const { status, headers } = await send("/");
    assert.deepEqual([status, headers.get("location"), headers.getSetCookie()], [503, null, []]);
    assert.ok(errors[0]?.cause instanceof SessionStoreError);
    assert.equal(cancelled, true);
  });

  test("reading: 503", async () => {
    const store = { ...memoryStore(), readSession: () => Promise.reject(new Error("no connection")) };
    const { send, jar } = application(store);
    jar.take({ headers: { "set-cookie": "ring-session=abc" } });
    assert.equal((await send("/seen")).status, 503);
  });

  test("options, when the middleware is built", () => {
    const options: object = { sotre: memoryStore() };
    assert.throws(() => session(options), /did you mean "store"/);
  });
});

/** Checks types by being compiled. */
export function types(): void {
  const app = new H3().use(session<App>()).use("/admin/**", session<App>({ cookieName: "admin" }));
  app.get("/", ({ context }) => {
    const user: string | undefined = context.session.user;
    context.session = null;
    context.session = { user: "Ada" };
    context.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    context.sessionRecreate = true;
    context.sessionCookieAttrs = { maxAge: 60 };
    // @ts-expect-error there is no such key
    context.session = { usr: "Ada" };
    // @ts-expect-error a key cannot be assigned
    context.sessionKey = "mine";
    return user;
  });
}
