import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";

import { CookieError, SessionStoreError } from "../../src/errors.ts";
import { wrapFlash } from "../../src/flash.ts";
import { sessionRequest, sessionResponse, wrapSession } from "../../src/session/session.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { createVisitor, mockRequest } from "../../src/testing/testing.ts";
import type {
  AtomicSessionStore,
  Request,
  SessionData,
  SessionEvent,
  SessionOptions,
  SessionRequest,
  SessionStore,
  StandardSchema,
  StoreContext,
} from "../../src/types.ts";
import { plainStore } from "../support/traced.ts";

describe("a mistake in the options throws when the wrapper is built", () => {
  const mistakes: readonly (readonly [unknown, RegExp])[] = [
    [null, /options must be an object, got null/],
    [{ sotre: memoryStore() }, /unknown option "sotre"; did you mean "store"\?/],
    [{ "cookie-name": "x" }, /unknown option "cookie-name"; did you mean "cookieName"\?/],
    [{ "set-cookies?": false }, /unknown option "set-cookies\?"/],
    [{ store: memoryStore }, /store must have a function readSession, got undefined; call the store's maker/],
    [{ store: null }, /store must have a function readSession, got null/],
    [{ store: { readSession() {}, writeSession() {} } }, /store must have a function deleteSession/],
    [{ cookieName: "my app" }, /cookie "my app": the name must be/],
    [{ cookieName: "" }, /cookie "": the name must be/],
    [{ cookieName: 1 }, /cookieName must be text, got a number/],
    [{ cookieAttrs: { samesite: "lax" } }, /unknown attribute "samesite"; did you mean "sameSite"\?/],
    [{ cookieAttrs: { value: "x" } }, /unknown attribute "value"/],
    [{ cookieAttrs: { sameSite: "none" } }, /sameSite "none" needs secure: true/],
    [{ cookieAttrs: { partitioned: true } }, /partitioned needs secure: true/],
    [
      { cookieAttrs: { maxAge: 34_560_001 } },
      /maxAge must be a whole number of seconds from 0 to 34560000 \(400 days\), got 34560001/,
    ],
    [{ cookieAttrs: "lax" }, /cookieAttrs must be an object, got text/],
    [{ cookieName: "__Host-id", cookieAttrs: { domain: "example.com" } }, /domain must be left out for this name/],
    [{ cookieName: "__Host-id", root: "/app" }, /path must be \/ for this name/],
    [{ cookieName: "__Secure-id", cookieAttrs: { secure: false } }, /secure must be true for this name/],
    [{ root: "app" }, /path must be a path that starts with \//],
    [{ root: "/a;b" }, /path must be a path/],
    [{ timeout: { idle: 0 } }, /timeout\.idle must be a number of seconds above 0, or false, got 0/],
    [{ timeout: { idle: "30" } }, /timeout\.idle must be a number of seconds above 0, or false, got "30"/],
    [{ timeout: { absolute: Number.NaN } }, /timeout\.absolute must be/],
    [{ timeout: { idle: null } }, /timeout\.idle must be a number of seconds above 0, or false, got null/],
    [{ timeout: null }, /timeout: options must be an object, got null/],
    [
      { store: { ...plainStore(), updateSession: null } },
      /store\.updateSession must be a function where it is there, got null/,
    ],
    [{ timeout: { idel: 1 } }, /timeout: unknown option "idel"; did you mean "idle"\?/],
    [{ timeout: 1800 }, /timeout: options must be an object, got a number/],
    [{ maxSessions: 0 }, /maxSessions must be a whole number of at least 1, got 0/],
    [{ maxSessions: 3 }, /maxSessions counts the sessions of a principal; give the option principal too/],
    [
      { maxSessions: 3, principal: () => "ada", store: plainStore() },
      /maxSessions needs a store with an index of principals, got one without listSessions/,
    ],
    [{ readFailure: "ignore" }, /readFailure must be "fail" or "empty", got "ignore"/],
    [{ storeDeadline: -1 }, /storeDeadline must be a number of milliseconds above 0, or false, got -1/],
    [{ now: 5 }, /now must be a function, got 5/],
    [{ onEvent: "log" }, /onEvent must be a function, got "log"/],
    [{ principal: "user" }, /principal must be a function, got "user"/],
    [{ schema: {} }, /schema must be a Standard Schema/],
  ];
  for (const [options, message] of mistakes) {
    test(String(message), async () => {
      assert.throws(
        () => wrapSession(() => ({}), options as SessionOptions),
        (error) => error instanceof TypeError && message.test(error.message),
      );
      if (options !== null) {
        assert.throws(() => sessionRequest(mockRequest("GET", "/"), options as SessionOptions), message);
      }
      if (options !== null) assert.throws(() => sessionResponse({}, {}, options as SessionOptions), message);
    });
  }

  test("a mistake about the cookie is a CookieError", () => {
    assert.throws(() => wrapSession(() => ({}), { cookieName: "a b" }), CookieError);
  });

  test("an option that is undefined counts as left out", () => {
    const names = [
      "store",
      "root",
      "cookieName",
      "cookieAttrs",
      "timeout",
      "schema",
      "principal",
      "storeDeadline",
      "now",
      "onEvent",
    ];
    wrapSession(() => ({}), Object.fromEntries(names.map((name) => [name, undefined])));
    wrapSession(() => ({}), { timeout: { idle: undefined }, cookieAttrs: { sameSite: undefined } });
  });
});

describe("events", () => {
  async function eventsOf(run: (options: SessionOptions) => Promise<void>): Promise<SessionEvent[]> {
    const events: SessionEvent[] = [];
    await run({ store: memoryStore(), now: () => 5000, onEvent: (event) => events.push(event) });
    return events;
  }

  test("name a session by a short hash of its key, never by the key", async () => {
    const keys: string[] = [];
    const events = await eventsOf(async (options) => {
      let step = 0;
      const answers = [{ session: { n: 1 } }, { session: { n: 2 } }, { sessionRecreate: true }, { session: null }];
      const visitor = createVisitor(
        wrapSession((request) => (keys.push(request.sessionKey ?? "none"), answers[step++] ?? {}), options),
        () => 5000,
      );
      for (const _ of answers) await visitor.send("GET", "/");
    });
    assert.deepEqual(
      events.map((event) => event.type),
      ["created", "read", "updated", "read", "recreated", "read", "deleted"],
    );
    assert.ok(events.every((event) => event.at === 5000));
    assert.match(JSON.stringify(events[0]), /"key":"[0-9a-f]{12}"/);
    for (const key of keys) assert.ok(!JSON.stringify(events).includes(key));
  });

  test("report each unknown or malformed key that a client sends", async () => {
    const events = await eventsOf(async (options) => {
      const app = wrapSession(() => ({}), options);
      for (const cookie of ["ring-session=made-up", "ring-session=", "ring-session=%zz; ring-session=other"]) {
        await app(mockRequest("GET", "/", { headers: { cookie } }));
      }
    });
    assert.deepEqual(
      events.map((event) => event.type),
      ["unknown-key", "malformed-key", "malformed-key", "unknown-key"],
    );
  });

  test("go to the diagnostics channel ringlet:session too, and a listener that throws changes nothing", async () => {
    const heard: unknown[] = [];
    const listener = (event: unknown) => void heard.push(event);
    subscribe("ringlet:session", listener);
    try {
      for (const onEvent of [
        () => assert.fail("a listener that throws"),
        (() => Promise.reject(new Error("one that rejects"))) as () => void,
      ]) {
        const app = wrapSession(() => ({ session: {} }), { store: memoryStore(), onEvent });
        assert.ok((await app(mockRequest("GET", "/")))?.headers?.["set-cookie"]);
      }
    } finally {
      unsubscribe("ringlet:session", listener);
    }
    assert.equal((heard[0] as SessionEvent).type, "created");
  });
});

describe("schema", () => {
  /** Schema like one of a library: `n` must be a number, `m` has a default, and other properties are dropped. */
  const schema = (later = false): StandardSchema<{ n?: number; m: number }> => ({
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const { n, m = 7 } = value as { n?: unknown; m?: number };
        const result =
          n === undefined || typeof n === "number"
            ? { value: { ...(n === undefined ? {} : { n }), m } }
            : { issues: [{ message: "n" }] };
        return later ? Promise.resolve(result) : result;
      },
    },
  });

  async function visit(store: SessionStore, cookie: string, later = false) {
    const events: string[] = [];
    const options = { store, schema: schema(later), onEvent: (event: SessionEvent) => events.push(event.type) };
    const request = await sessionRequest(mockRequest("GET", "/", { headers: { cookie } }), options);
    return { request, options, events };
  }

  async function stored(store: SessionStore, session: SessionData): Promise<string> {
    return store.writeSession(undefined, session, { now: Date.now(), ttl: 60, cookieName: "ring-session" });
  }

  test("a session that does not fit is dropped, and an event says so", async () => {
    const store = memoryStore();
    const { request, events } = await visit(store, `ring-session=${await stored(store, { n: "text" })}`);
    assert.deepEqual([request.session, request.sessionKey, events], [{}, undefined, ["invalid"]]);
  });

  test("handlers see the schema's version of a session; properties it drops stay in the store", async () => {
    for (const later of [false, true]) {
      const store = memoryStore();
      const key = await stored(store, { n: 1, extra: true, _flash: "kept" });
      const { request, options } = await visit(store, `ring-session=${key}`, later);
      assert.deepEqual(request.session, { n: 1, m: 7, _flash: "kept" });
      await sessionResponse({ session: { ...request.session, n: 2 } }, request, options);
      const context = { now: Date.now(), ttl: 60, cookieName: "ring-session" };
      assert.deepEqual(await store.readSession(key, context), { n: 2, extra: true, _flash: "kept" });
    }
  });

  test("a function sees the schema's version of the newest session", async () => {
    const store = memoryStore();
    const key = await stored(store, { n: 1, extra: true });
    const { request, options } = await visit(store, `ring-session=${key}`);
    await sessionResponse({ session: (current) => ({ ...current, n: current.m + 1 }) }, request, options);
    assert.deepEqual((await visit(store, `ring-session=${key}`)).request.session, { n: 8, m: 7 });
    assert.deepEqual(await store.readSession(key, { now: Date.now(), ttl: 60, cookieName: "x" }), {
      n: 8,
      extra: true,
    });
    const slow = await visit(store, `ring-session=${key}`, true);
    await assert.rejects(
      async () => sessionResponse({ session: (current) => current }, slow.request, slow.options),
      /schema must answer at once/,
    );
  });

  test("a log-in or a log-out also discards the properties that the schema hides", async () => {
    const store = memoryStore();
    for (const answer of [
      { session: null, flash: "Bye." },
      { session: { n: 5, m: 7 }, sessionRecreate: true, flash: "Hello." },
    ]) {
      const key = await stored(store, { n: 1, secret: "old" });
      const app = wrapSession(
        wrapFlash((_request: Request & SessionRequest<{ n?: number; m: number }>) => answer as object),
        {
          store,
          schema: schema(),
        },
      );
      const response = await app(mockRequest("GET", "/", { headers: { cookie: `ring-session=${key}` } }));
      const fresh = [response?.headers?.["set-cookie"] ?? []].flat()[0]?.split(/[=;]/)[1] ?? "";
      const session = await store.readSession(fresh, { now: Date.now(), ttl: 60, cookieName: "x" });
      assert.equal(session?.["secret"], undefined);
      assert.equal(session?.["_flash"], answer.flash);
    }
  });

  test("an anonymous visitor's session is {}", async () => {
    const request = await sessionRequest(mockRequest("GET", "/"), { schema: schema() });
    assert.deepEqual(request.session, {});
  });
});

describe("principal", () => {
  test("is given to the store with a write, and after an update has run", async () => {
    const told: (string | undefined)[] = [];
    const memory = memoryStore();
    const store: AtomicSessionStore = {
      ...memory,
      writeSession: (key, session, context) => (
        told.push(context.principal),
        memory.writeSession(key, session, context)
      ),
      updateSession: (key, update, seen, context) => {
        const answer = memory.updateSession(key, update, seen, context);
        told.push(context.principal);
        return answer;
      },
    };
    const options: SessionOptions<{ user?: string }> = { store, principal: (session) => session.user };
    let step = 0;
    const answers = [{ session: { user: "Ada" } }, { session: () => ({ user: "Bob" }) }, { session: {} }];
    const visitor = createVisitor(wrapSession(() => answers[step++] ?? {}, options));
    for (const _ of answers) await visitor.send("GET", "/");
    assert.deepEqual(told, ["Ada", "Bob", undefined]);
  });

  test("must return text or undefined", async () => {
    const app = wrapSession(() => ({ session: { n: 1 } }), { store: memoryStore(), principal: () => 7 as never });
    await assert.rejects(
      async () => app(mockRequest("GET", "/")),
      /principal must answer text or undefined, got a number/,
    );
  });
});

describe("a store that fails", () => {
  const fault = new Error("connection refused");
  const never = new Promise<never>(() => {});
  const failing = (faults: Partial<SessionStore & AtomicSessionStore>): SessionStore => ({
    ...memoryStore(),
    ...faults,
  });

  async function errorOf(
    store: SessionStore,
    answer: object,
    options: SessionOptions = {},
  ): Promise<SessionStoreError> {
    const events: SessionEvent[] = [];
    const app = wrapSession(() => answer, {
      storeDeadline: 20,
      ...options,
      store,
      onEvent: (event) => events.push(event),
    });
    const key = await memoryKey(store);
    const error: unknown = await Promise.resolve(
      app(mockRequest("GET", "/", { headers: { cookie: `ring-session=${key}` } })),
    ).catch((each: unknown) => each);
    assert.ok(error instanceof SessionStoreError, String(error));
    assert.equal(events.at(-1)?.type, "store-error");
    assert.ok(!String(error.stack).includes(key) && !JSON.stringify(events).includes(key));
    return error;
  }

  async function memoryKey(store: SessionStore): Promise<string> {
    const context: StoreContext = { now: Date.now(), ttl: 60, cookieName: "ring-session" };
    try {
      return await Promise.race([store.writeSession(undefined, { n: 1 }, context), Promise.resolve("x".repeat(32))]);
    } catch {
      return "y".repeat(32);
    }
  }

  for (const [operation, method, answer] of [
    ["read", "readSession", {}],
    ["update", "updateSession", { session: { n: 2 } }],
    ["delete", "deleteSession", { session: null }],
  ] as const) {
    test(`rejects to ${operation}: a SessionStoreError with the operation and the cause`, async () => {
      for (const fail of [() => assert.fail(fault), () => Promise.reject(fault)]) {
        const error = await errorOf(failing({ [method]: fail }), answer);
        assert.deepEqual([error.operation, error.code, error.cause], [operation, "ERR_SESSION_STORE", fault]);
      }
    });

    test(`hangs as it has to ${operation}: the same error at the deadline, and the signal fires`, async () => {
      let signal: AbortSignal | undefined;
      const hang = (...args: unknown[]) => ((signal = (args.at(-1) as StoreContext).signal), never);
      const error = await errorOf(failing({ [method]: hang }), answer);
      assert.match(error.message, new RegExp(`^session store: ${operation} took longer than 20 ms`));
      assert.equal(signal?.aborted, true);
    });
  }

  test("a failed write rejects, and there is no response", async () => {
    const store = failing({ writeSession: () => Promise.reject(fault) });
    await assert.rejects(async () => wrapSession(() => ({ session: {} }), { store })(mockRequest("GET", "/")), {
      operation: "write",
      cause: fault,
    });
  });

  test("a result that is not a session, or not a key, counts as a failure", async () => {
    for (const answer of ["text", 1, [], new Date()]) {
      const error = await errorOf(failing({ readSession: () => answer as never }), {});
      assert.match(error.message, /^session store: read answered .*, which is no session/);
    }
    const store: SessionStore = { ...plainStore(), writeSession: () => undefined as never };
    await assert.rejects(
      async () => wrapSession(() => ({ session: {} }), { store })(mockRequest("GET", "/")),
      /session store: write answered undefined, which is no key/,
    );
  });

  test("a signal that is read after the deadline is already aborted", async () => {
    let context: StoreContext | undefined;
    await errorOf(failing({ readSession: (_key, given) => ((context = given), never) }), {});
    assert.equal(context?.signal?.aborted, true);
  });

  test("the error as JSON says what failed, and contains no secret", async () => {
    const error = await errorOf(failing({ readSession: () => Promise.reject(fault) }), {});
    const { message } = error;
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      name: "SessionStoreError",
      code: "ERR_SESSION_STORE",
      operation: "read",
      message,
    });
  });

  test("storeDeadline: false waits without a limit", async () => {
    const store = failing({
      writeSession: async () => new Promise((resolve) => setTimeout(resolve, 30, "k".repeat(32))),
    });
    const app = wrapSession(() => ({ session: {} }), { store, storeDeadline: false });
    assert.ok((await app(mockRequest("GET", "/")))?.headers?.["set-cookie"]);
  });

  test("a result or a failure that comes after the deadline is ignored", async () => {
    const late = new Promise<never>((_, reject) => setTimeout(reject, 30, fault));
    await errorOf(failing({ readSession: () => late }), {}, { storeDeadline: 5 });
    await new Promise((resolve) => setTimeout(resolve, 40));
  });

  test("a mistake in the data is not reported as a failure of the store", async () => {
    const app = wrapSession(
      wrapFlash(() => ({ flash: new Map() as never })),
      { store: memoryStore() },
    );
    await assert.rejects(async () => app(mockRequest("GET", "/")), /session\._flash is a Map/);
  });
});
