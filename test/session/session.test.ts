import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { wrapCookies } from "../../src/cookies/cookies.ts";
import { sessionRequest, sessionResponse, wrapSession } from "../../src/session/session.ts";
import { cookieStore, generateKey } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar, mockRequest } from "../../src/testing/testing.ts";
import type {
  AtomicSessionStore,
  Request,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
  SessionStore,
} from "../../src/types.ts";
import { plainStore, traced } from "../support/traced.ts";

type Answer = Response & SessionResponse;
type Seen = Request & SessionRequest;

/** Makes an application whose next answer the test chooses, and a browser for it. */
function application(store: SessionStore, options: SessionOptions = {}) {
  const trace = traced(store);
  const jar = cookieJar(options.now);
  let seen: Seen | undefined;
  let answer: (request: Seen) => Answer | null = () => ({});
  const app = wrapSession(
    (request) => {
      seen = request;
      return answer(request);
    },
    { ...options, store: trace.store },
  );
  const send = async (next: Answer | null | ((request: Seen) => Answer | null), cookie = jar.header()) => {
    answer = typeof next === "function" ? next : () => next;
    const response = await app(mockRequest("GET", "/", { headers: cookie === undefined ? {} : { cookie } }));
    jar.take(response);
    return {
      response,
      setCookie: setCookie(response),
      calls: trace.calls(),
      session: seen?.session,
      key: seen?.sessionKey,
    };
  };
  return { jar, send, trace };
}

function setCookie(response: Response | null | undefined): string | undefined {
  const lines = response?.headers?.["set-cookie"] ?? [];
  assert.ok(lines.length <= 1);
  return lines[0];
}

const stores = {
  memory: memoryStore,
  "three functions": plainStore,
  "sealed cookie": () => cookieStore({ key: generateKey() }),
};

for (const [kind, makeStore] of Object.entries(stores)) {
  const sealed = kind === "sealed cookie";
  const change = kind === "memory" ? "update K1" : "write K1 → K1";

  describe(`what a response does: ${kind}`, () => {
    test("undefined, without a cookie: no call, no cookie", async () => {
      const { send } = application(makeStore());
      const { calls, setCookie, session, key } = await send({});
      assert.deepEqual([calls, setCookie, session, key], [[], undefined, {}, undefined]);
    });

    test("without a cookie all visitors see the same empty object", async () => {
      const { send } = application(makeStore());
      assert.equal((await send({})).session, (await send({})).session);
    });

    test("undefined, K: nothing but the read", async () => {
      const { send } = application(makeStore());
      await send({ session: { n: 1 } });
      const { calls, setCookie, session, key } = await send({});
      assert.deepEqual([calls, setCookie, session], [["read K1"], undefined, { n: 1 }]);
      assert.equal(typeof key, "string");
    });

    test("undefined, unknown cookie: nothing but the read", async () => {
      const { send } = application(makeStore());
      const { calls, setCookie, session, key } = await send({}, "ring-session=made-up");
      assert.deepEqual([calls, setCookie, session, key], [["read ?"], undefined, {}, undefined]);
    });

    test("undefined with recreate, K: the same session under a new key", async () => {
      const { send, jar } = application(makeStore());
      await send({ session: { n: 1 } });
      const before = jar.get("ring-session");
      const { calls, setCookie } = await send({ sessionRecreate: true });
      assert.deepEqual(
        calls.filter((call) => call.startsWith("write")),
        ["write new → K2"],
      );
      assert.match(setCookie ?? "", /^ring-session=./);
      assert.notEqual(jar.get("ring-session"), before);
      assert.deepEqual((await send({})).session, { n: 1 });
      if (!sealed) assert.deepEqual((await send({}, `ring-session=${before}`)).session, {});
    });

    test("undefined with recreate, no session: nothing", async () => {
      const { send } = application(makeStore());
      assert.deepEqual((await send({ sessionRecreate: true })).calls, []);
      const { calls, setCookie } = await send({ sessionRecreate: true }, "ring-session=made-up");
      assert.deepEqual([calls, setCookie], [["read ?"], undefined]);
    });

    test("object or function, no K: a new session is written, and the cookie sent", async () => {
      for (const session of [{ n: 1 }, {}, (current: SessionData) => ({ ...current, n: 1 })]) {
        const { send } = application(makeStore());
        const { calls, setCookie } = await send({ session });
        assert.deepEqual(calls, ["write new → K1"]);
        assert.match(setCookie ?? "", /^ring-session=[\w-]{20,}; Path=\/; HttpOnly; SameSite=Lax$/);
        assert.deepEqual((await send({})).session, typeof session === "object" ? session : { n: 1 });
      }
    });

    test("object, unknown cookie: the key of the client is never taken", async () => {
      const { send, jar } = application(makeStore());
      const { calls } = await send({ session: { n: 1 } }, "ring-session=made-up");
      assert.deepEqual(calls, ["read ?", "write new → K1"]);
      assert.notEqual(jar.get("ring-session"), "made-up");
    });

    test("equal object, K: nothing", async () => {
      const { send } = application(makeStore());
      await send({ session: { a: { b: [1, 2] }, n: 1 } });
      const { calls, setCookie } = await send({ session: { n: 1, a: { b: [1, 2] }, gone: undefined } });
      assert.deepEqual([calls, setCookie], [["read K1"], undefined]);
    });

    test("object, K: changed, and the cookie sent only under a new key", async () => {
      const { send } = application(makeStore());
      await send({ session: { a: 1, b: 2 } });
      const { calls, setCookie } = await send({ session: { b: 3, c: 4 } });
      assert.deepEqual(calls, ["read K1", sealed ? "write K1 → K2" : change]);
      assert.equal(setCookie !== undefined, sealed);
      assert.deepEqual((await send({})).session, { b: 3, c: 4 });
    });

    test("function, K: applied, and the cookie sent only under a new key", async () => {
      const { send } = application(makeStore());
      await send({ session: { n: 1 } });
      const { calls, setCookie } = await send({ session: (current) => ({ ...current, n: Number(current["n"]) + 1 }) });
      assert.deepEqual(calls, ["read K1", sealed ? "write K1 → K2" : change]);
      assert.equal(setCookie !== undefined, sealed);
      assert.deepEqual((await send({})).session, { n: 2 });
    });

    test("object or function with recreate, K: a new session is written before K is deleted", async () => {
      for (const session of [{ n: 1, user: "Ada" }, (current: SessionData) => ({ ...current, user: "Ada" })]) {
        const { send, jar } = application(makeStore());
        await send({ session: { n: 1 } });
        const before = jar.get("ring-session");
        const { calls, setCookie } = await send({ session, sessionRecreate: true });
        assert.deepEqual(calls, ["read K1", "write new → K2", kind === "memory" ? "update K1" : "delete K1"]);
        assert.match(setCookie ?? "", /^ring-session=./);
        assert.deepEqual((await send({})).session, { n: 1, user: "Ada" });
        if (!sealed) assert.deepEqual((await send({}, `ring-session=${before}`)).session, {});
      }
    });

    test("equal object with recreate, K: recreated", async () => {
      const { send } = application(makeStore());
      await send({ session: { n: 1 } });
      assert.match((await send({ session: { n: 1 }, sessionRecreate: true })).setCookie ?? "", /^ring-session=./);
    });

    test("object with recreate, no K: a new session is written", async () => {
      const { send } = application(makeStore());
      assert.deepEqual((await send({ session: { n: 1 }, sessionRecreate: true })).calls, ["write new → K1"]);
    });

    test("null, K: deleted, and the cookie expired", async () => {
      const { send, jar } = application(makeStore());
      await send({ session: { n: 1 } });
      const { calls, setCookie } = await send({ session: null });
      assert.deepEqual(calls, ["read K1", "delete K1"]);
      assert.deepEqual(setCookie?.split("; ").toSorted(), [
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "HttpOnly",
        "Max-Age=0",
        "Path=/",
        "SameSite=Lax",
        "ring-session=",
      ]);
      assert.equal(jar.get("ring-session"), undefined);
      assert.deepEqual((await send({})).calls, []);
    });

    test("null, unknown, empty or malformed cookie: no call but the read, and the cookie expired", async () => {
      const { send } = application(makeStore());
      const unknown = await send({ session: null }, "ring-session=made-up");
      assert.deepEqual([unknown.calls, unknown.setCookie?.includes("Max-Age=0")], [["read ?"], true]);
      for (const value of ["", '""', "%zz", "%00", "x".repeat(5000)]) {
        const { calls, setCookie } = await send({ session: null }, `ring-session=${value}`);
        assert.deepEqual([calls, setCookie?.includes("Max-Age=0")], [[], true], value.slice(0, 20));
      }
    });

    test("null, no cookie: nothing", async () => {
      const { send } = application(makeStore());
      const { calls, setCookie } = await send({ session: null }, "other=ring-session");
      assert.deepEqual([calls, setCookie], [[], undefined]);
    });

    test("a function that returns null deletes", async () => {
      const { send } = application(makeStore());
      assert.deepEqual((await send({ session: () => null })).calls, []);
      await send({ session: { n: 1 } });
      assert.match((await send({ session: () => null })).setCookie ?? "", /^ring-session=; .*Max-Age=0/);
      await send({ session: { n: 1 } });
      assert.match(
        (await send({ session: () => null, sessionRecreate: true })).setCookie ?? "",
        /^ring-session=; .*Max-Age=0/,
      );
      assert.deepEqual((await send({})).session, {});
    });

    test("sessionCookieAttrs, K: the cookie again, with them merged in", async () => {
      const { send, jar } = application(makeStore());
      await send({ session: { n: 1 } });
      const key = jar.get("ring-session");
      for (const answer of [
        { sessionCookieAttrs: { maxAge: 60 } },
        { session: { n: 1 }, sessionCookieAttrs: { maxAge: 60 } },
      ]) {
        const { calls, setCookie } = await send(answer);
        assert.deepEqual(calls, ["read K1"]);
        assert.deepEqual(setCookie?.split("; ").toSorted(), [
          "HttpOnly",
          "Max-Age=60",
          "Path=/",
          "SameSite=Lax",
          `ring-session=${key}`,
        ]);
      }
      assert.ok((await send({ sessionCookieAttrs: {} })).setCookie);
      assert.equal((await send({ sessionCookieAttrs: null })).setCookie, undefined);
      assert.match(
        (await send({ session: { n: 2 }, sessionCookieAttrs: { maxAge: 60 } })).setCookie ?? "",
        /Max-Age=60/,
      );
    });

    test("sessionCookieAttrs without a session: nothing", async () => {
      const { send } = application(makeStore());
      assert.equal((await send({ sessionCookieAttrs: { maxAge: 60 } })).setCookie, undefined);
    });

    test("no response, or a throw: nothing", async () => {
      const { send } = application(makeStore());
      await send({ session: { n: 1 } });
      const { response, calls } = await send(null);
      assert.deepEqual([response, calls], [null, ["read K1"]]);
      const boom = new Error("boom");
      await assert.rejects(
        send(() => assert.fail(boom)),
        boom,
      );
      assert.deepEqual((await send({})).session, { n: 1 });
    });
  });
}

describe("the cookie", () => {
  test("is kept out of caches, unless the response says otherwise", async () => {
    const { send } = application(memoryStore());
    const { response } = await send({ session: {} });
    assert.deepEqual([response?.headers?.["cache-control"], response?.headers?.["vary"]], ["no-store", "Cookie"]);
    const own = await send({ session: null, headers: { "Cache-Control": "private", vary: "Accept" } });
    assert.deepEqual(
      [own.response?.headers?.["Cache-Control"], own.response?.headers?.["vary"]],
      ["private", "Accept, Cookie"],
    );
    assert.equal(own.response?.headers?.["cache-control"], undefined);
    const untouched = await send({ headers: { "x-a": "b" } });
    assert.deepEqual(untouched.response?.headers, { "x-a": "b" });
  });

  test("is Secure over https by default; the option secure overrides this", async () => {
    for (const [secure, scheme, expected] of [
      [undefined, "https", true],
      [undefined, "http", false],
      [false, "https", false],
      [true, "http", true],
    ] as const) {
      const app = wrapSession(() => ({ session: {} }), { store: memoryStore(), cookieAttrs: { secure } });
      const response = await app(mockRequest("GET", "/", { scheme }));
      assert.equal(setCookie(response)?.includes("; Secure"), expected);
    }
    const app = wrapSession(() => ({ session: {} }), { store: memoryStore(), cookieName: "__Host-id" });
    assert.match(setCookie(await app(mockRequest("GET", "/"))) ?? "", /^__Host-id=.*; Path=\/; .*Secure/);
  });

  test("takes its path from root, and is expired with the path and domain it was set with", async () => {
    const { send } = application(memoryStore(), {
      root: "/app",
      cookieName: "app",
      cookieAttrs: { path: "/x", domain: "example.com", maxAge: 60 },
    });
    const { setCookie } = await send({ session: { n: 1 } });
    assert.match(setCookie ?? "", /^app=[^;]*; Max-Age=60; Domain=example.com; Path=\/app; HttpOnly; SameSite=Lax$/);
    const gone = await send({ session: null }, setCookie?.split(";")[0]);
    assert.match(gone.setCookie ?? "", /^app=; Max-Age=0; Domain=example.com; Path=\/app; Expires=Thu, 01 Jan 1970/);
  });

  test("goes beside other cookies of the response, and wins over one of its own name", async () => {
    const app = wrapSession(
      () => ({ session: {}, cookies: { a: "1", "ring-session": "mine" }, headers: { "set-cookie": "b=2" } }),
      { store: memoryStore() },
    );
    const response = await app(mockRequest("GET", "/"));
    const names = [response?.headers?.["set-cookie"] ?? []].flat().map((line) => line.split("=")[0]);
    assert.deepEqual(names, ["b", "a", "ring-session"]);
    assert.equal(response && "cookies" in response, false);
  });

  test("is taken from request.cookies if the request has them", async () => {
    const store = memoryStore();
    const options = { store };
    const key = await store.writeSession(undefined, { n: 1 }, { now: Date.now(), ttl: 60, cookieName: "ring-session" });
    const request = {
      ...mockRequest("GET", "/", { headers: { cookie: "ring-session=other" } }),
      cookies: { "ring-session": { value: key } },
    };
    assert.deepEqual((await sessionRequest(request, options)).session, { n: 1 });
    assert.deepEqual((await sessionRequest({ ...request, cookies: {} }, options)).session, {});
  });

  test("that wrapCookies could not decode is expired by null, without a call of the store", async () => {
    const trace = traced(memoryStore());
    const app = wrapCookies(wrapSession(() => ({ session: null }), { store: trace.store }));
    const response = await app(mockRequest("GET", "/", { headers: { cookie: "ring-session=%zz" } }));
    assert.match(setCookie(response) ?? "", /^ring-session=; Max-Age=0/);
    assert.deepEqual(trace.calls(), []);
    assert.equal(setCookie(await app(mockRequest("GET", "/", { headers: { cookie: "a=%zz" } }))), undefined);
  });

  test("sent up to four times is accepted if exactly one value leads to a session", async () => {
    const store = memoryStore();
    const events: string[] = [];
    const { send, jar } = application(store, { onEvent: (event) => events.push(event.type) });
    await send({ session: { n: 1 } });
    const mine = jar.header();
    await send({ session: { n: 2 } }, "");
    const other = jar.header();
    assert.deepEqual((await send({}, `ring-session=x; ${mine}; ring-session=y`)).session, { n: 1 });
    assert.deepEqual((await send({}, `${mine}; ${mine}`)).calls, ["read K1"]);
    const spelled = `ring-session=%${mine?.charCodeAt(13).toString(16)}${mine?.slice(14)}`;
    assert.deepEqual((await send({}, `${mine}; ${spelled}`)).calls, ["read K1"]);
    assert.deepEqual(
      (await send({}, `ring-session=a; ring-session=b; ring-session=c; ring-session=d; ${mine}`)).calls.length,
      4,
    );
    const both = await send({ session: null }, `${mine}; ${other}`);
    assert.deepEqual([both.session, both.key, both.setCookie?.includes("Max-Age=0")], [{}, undefined, true]);
    assert.ok(events.includes("ambiguous-key"));
  });
});

describe("sessionRequest and sessionResponse", () => {
  test("without options use the store that wrapSession uses by default", async () => {
    const response = await sessionResponse({ session: { n: 1 } }, mockRequest("GET", "/"));
    const cookie = [response.headers?.["set-cookie"] ?? []].flat()[0]?.split(";")[0] ?? "";
    const request = await sessionRequest(mockRequest("GET", "/", { headers: { cookie } }));
    assert.deepEqual(request.session, { n: 1 });
    const seen: unknown[] = [];
    await wrapSession((each) => void seen.push(each.session))(mockRequest("GET", "/", { headers: { cookie } }));
    assert.deepEqual(seen, [{ n: 1 }]);
  });

  test("share the default store with every copy of the package: a bundler may make several", async () => {
    const key = Symbol.for("ringlet.shared-store");
    const store = (globalThis as { [key]?: SessionStore })[key];
    const { headers } = await sessionResponse({ session: { user: "ada" } });
    const cookie = String(headers?.["set-cookie"]).split(";")[0] ?? "";
    const read = await sessionRequest(mockRequest("GET", "/", { headers: { cookie } }), { store });
    assert.deepEqual(read.session, { user: "ada" });
  });

  test("work on a request map made by hand: the new session is compared with its session", async () => {
    const trace = traced(memoryStore());
    const options = { store: trace.store };
    const request = await sessionRequest(mockRequest("GET", "/"), options);
    const { headers } = await sessionResponse({ session: { a: 1, b: 2 } }, request, options);
    const key = [headers?.["set-cookie"] ?? []].flat()[0]?.split(/[=;]/)[1] ?? "";
    trace.calls();
    await sessionResponse({ session: { a: 1 } }, { session: { a: 1 }, sessionKey: key }, options);
    assert.deepEqual(trace.calls(), []);
    await sessionResponse({ session: { a: 9 } }, { session: { a: 1 }, sessionKey: key }, options);
    assert.deepEqual(trace.calls(), ["update K1"]);
    const after = await sessionRequest(
      mockRequest("GET", "/", { headers: { cookie: `ring-session=${key}` } }),
      options,
    );
    assert.deepEqual(after.session, { a: 9, b: 2 });
    assert.equal(await sessionResponse(null, { sessionKey: key }, options), null);
  });

  test("compare with the session of the map, even if that is not the one that was read", async () => {
    const trace = traced(memoryStore());
    const options = { store: trace.store };
    const { headers } = await sessionResponse({ session: { a: 1 } }, mockRequest("GET", "/"), options);
    const cookie = [headers?.["set-cookie"] ?? []].flat()[0]?.split(";")[0] ?? "";
    const request = await sessionRequest(mockRequest("GET", "/", { headers: { cookie } }), options);
    trace.calls();
    const session = { a: 1, b: 2 };
    await sessionResponse({ session }, { ...request, session }, options);
    assert.deepEqual(trace.calls(), []);
    await sessionResponse({ session }, request, options);
    assert.deepEqual(trace.calls(), ["update K1"]);
  });

  test("keep what they read when the request is copied by spread", async () => {
    const trace = traced(memoryStore());
    const app = wrapSession(
      (request) => {
        const copy = { ...request };
        return { body: String(Object.getOwnPropertySymbols(copy).length > 0), session: { ...copy.session, n: 2 } };
      },
      { store: trace.store },
    );
    assert.equal((await app(mockRequest("GET", "/")))?.body, "true");
  });

  test("remove the session's properties from the response", async () => {
    const { send } = application(memoryStore());
    const { response } = await send({
      status: 201,
      body: "x",
      session: { n: 1 },
      sessionRecreate: true,
      sessionCookieAttrs: {},
      ...Object.fromEntries([["flash", "nobody put it into the session"]]),
    });
    assert.deepEqual(Object.keys(response ?? {}).toSorted(), ["body", "headers", "status"]);
  });
});

describe("a minimal atomic store of another author", () => {
  /** Makes a store that does only what the interface demands: `updateSession` returns undefined after a deletion. */
  function terse(): SessionStore & AtomicSessionStore {
    const sessions = new Map<string, SessionData>();
    return {
      readSession: (key) => structuredClone(sessions.get(key)),
      writeSession: (key = `key-${sessions.size}`, session) => (sessions.set(key, structuredClone(session)), key),
      deleteSession: (key) => void sessions.delete(key),
      updateSession: (key, update) => {
        const current = sessions.get(key);
        const next = current && update(structuredClone(current));
        if (!next) return void sessions.delete(key);
        sessions.set(key, structuredClone(next));
        return key;
      },
    };
  }

  test("loses nothing when a session gets a new key", async () => {
    for (const answer of [
      { sessionRecreate: true },
      { session: (current: SessionData) => current, sessionRecreate: true },
    ]) {
      const { send } = application(terse());
      await send({ session: { a: 1, b: 2 } });
      assert.match((await send(answer)).setCookie ?? "", /^ring-session=key-/);
      assert.deepEqual((await send({})).session, { a: 1, b: 2 });
    }
  });
});

describe("a store that returns another key", () => {
  async function answersTo(store: SessionStore, answer: Answer): Promise<string | undefined> {
    const app = wrapSession(() => answer, { store });
    return setCookie(await app(mockRequest("GET", "/", { headers: { cookie: "ring-session=K" } })));
  }
  const stub: SessionStore = { readSession: () => ({ n: 0 }), writeSession: () => "K", deleteSession: () => {} };

  test("from a write or an update: the cookie gets that key", async () => {
    assert.equal(await answersTo(stub, { session: { n: 1 } }), undefined);
    assert.match(
      (await answersTo({ ...stub, writeSession: () => "L" }, { session: { n: 1 } })) ?? "",
      /^ring-session=L;/,
    );
    const atomic = {
      ...stub,
      updateSession: (_key: string, update: (current: SessionData) => unknown) => (update({ n: 0 }), "L"),
    };
    assert.match((await answersTo(atomic, { session: { n: 1 } })) ?? "", /^ring-session=L;/);
  });

  test("from a deletion: the cookie gets that key; the same key changes nothing", async () => {
    assert.match((await answersTo(stub, { session: null })) ?? "", /^ring-session=; Max-Age=0/);
    assert.match(
      (await answersTo({ ...stub, deleteSession: () => "left" }, { session: null })) ?? "",
      /^ring-session=left; Path/,
    );
    assert.equal(await answersTo({ ...stub, deleteSession: () => "K" }, { session: null }), undefined);
  });

  test("that has characters no cookie may have: it is encoded, and decoded when it comes back", async () => {
    const keys: string[] = [];
    const store = {
      ...stub,
      readSession: (key: string) => void keys.push(key),
      writeSession: () => "carmine:session:é;",
    };
    const app = wrapSession(() => ({ session: {} }), { store });
    const line = setCookie(await app(mockRequest("GET", "/")));
    assert.match(line ?? "", /^ring-session=carmine%3Asession%3A%C3%A9%3B;/);
    await app(mockRequest("GET", "/", { headers: { cookie: line?.split(";")[0] ?? "" } }));
    assert.deepEqual(keys, ["carmine:session:é;"]);
  });
});

describe("mistakes on a response", () => {
  for (const [what, session] of [
    ["text", "Ada"],
    ["a number", 1],
    ["a list", []],
    ["false", false],
    ["a Date", new Date()],
    ["a promise", Promise.resolve({})],
    ["_created", { _created: 1 }],
  ] as const) {
    test(`${what} for a session is a TypeError, and the store is not touched`, async () => {
      const { send, trace } = application(memoryStore());
      await assert.rejects(send({ session: session as never }), TypeError);
      await assert.rejects(send({ session: () => session as never }), TypeError);
      assert.deepEqual(trace.calls(), []);
    });
  }

  test("a function that returns undefined or a promise is a TypeError, and changes nothing", async () => {
    const { send } = application(memoryStore());
    await send({ session: { n: 1 } });
    await assert.rejects(
      send({ session: () => undefined as never }),
      /must be a plain object, got undefined; answer null to delete it/,
    );
    await assert.rejects(send({ session: (() => Promise.resolve({})) as never }), /got a Promise/);
    assert.deepEqual((await send({})).session, { n: 1 });
  });

  test("an error that a function throws is not wrapped", async () => {
    const { send } = application(memoryStore());
    const boom = new RangeError("boom");
    await send({ session: { n: 1 } });
    await assert.rejects(send({ session: () => assert.fail(boom) }), boom);
  });

  test("attributes and cookies are checked before the store is touched", async () => {
    const { send, trace } = application(memoryStore());
    await assert.rejects(
      send({ session: {}, sessionCookieAttrs: { colour: "red" } as never }),
      /cookie "ring-session": unknown attribute "colour"/,
    );
    await assert.rejects(
      send({ session: {}, sessionCookieAttrs: { value: "x" } as never }),
      /unknown attribute "value"/,
    );
    await assert.rejects(send({ session: {}, sessionCookieAttrs: { maxAge: 1.5 } }), /maxAge must be a whole number/);
    await assert.rejects(
      send({ session: {}, sessionRecreate: "yes" as never }),
      /sessionRecreate must be true or false/,
    );
    await assert.rejects(send({ session: {}, cookies: { a: { value: "b", path: "x" } } } as never), /cookie "a": path/);
    await assert.rejects(send({ sessionCookieAttrs: { maxAge: -1 } }), /maxAge/);
    assert.deepEqual(trace.calls(), []);
  });

  test("a value that JSON cannot carry is refused, with its path", async () => {
    const { send } = application(memoryStore());
    const cart = { items: [{}, {}, { when: new Date() }] };
    await assert.rejects(send({ session: { cart } }), /session\.cart\.items\[2\]\.when is a Date; /);
  });

  test("a session is deeply frozen: a change in place is a TypeError at once", async () => {
    const { send } = application(memoryStore());
    await send({ session: { cart: { items: [1] } } });
    await assert.rejects(
      send((request) => ({ session: Object.assign(request.session, { n: 1 }) })),
      TypeError,
    );
    await assert.rejects(
      send((request) => void (request.session["cart"] as { items: number[] }).items.push(2) as never),
      TypeError,
    );
    await assert.rejects(send({ session: (current) => Object.assign(current, { n: 1 }) }), TypeError);
  });
});
