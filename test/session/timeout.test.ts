import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { wrapSession } from "../../src/session/session.ts";
import { cookieStore, generateKey } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { createVisitor, fakeClock } from "../../src/testing/testing.ts";
import type { Response, SessionData, SessionOptions, SessionResponse, SessionStore } from "../../src/types.ts";
import { plainStore } from "../support/traced.ts";

function visitorOf(options: SessionOptions) {
  const clock = fakeClock();
  const events: string[] = [];
  let seen: SessionData = {};
  let answer: Response & SessionResponse = {};
  const app = wrapSession((request) => ((seen = request.session), answer), {
    ...options,
    now: clock.now,
    onEvent: (event) => events.push(event.type),
  });
  const visitor = createVisitor(app, clock.now);
  const send = async (next: Response & SessionResponse = {}) => {
    answer = next;
    const response = await visitor.send("GET", "/");
    return { seen, setCookie: [response.headers?.["set-cookie"] ?? []].flat()[0] };
  };
  return { clock, send, events, jar: visitor.jar };
}

const stores: Record<string, () => SessionStore> = {
  memory: memoryStore,
  "sealed cookie": () => cookieStore({ key: generateKey() }),
};

for (const [kind, makeStore] of Object.entries(stores)) {
  describe(`idle: ${kind}`, () => {
    test("30 minutes by default, to the millisecond", async () => {
      const { clock, send, events } = visitorOf({ store: makeStore() });
      await send({ session: { n: 1 } });
      clock.advance(1800);
      assert.deepEqual((await send()).seen, { n: 1 });
      clock.advance(1800.001);
      assert.deepEqual((await send()).seen, {});
      assert.equal(events.at(-1), "expired");
    });

    test("false: never", async () => {
      const { clock, send } = visitorOf({ store: makeStore(), timeout: { idle: false } });
      await send({ session: { n: 1 } });
      clock.advance(10 * 365 * 86_400);
      assert.deepEqual((await send()).seen, { n: 1 });
    });

    test("each request restarts it, and a sealed cookie is sealed again at most once per tenth", async () => {
      const { clock, send } = visitorOf({ store: makeStore(), timeout: { idle: 1000 } });
      await send({ session: { n: 1 } });
      let cookies = 0;
      for (let request = 0; request < 1000; request++) {
        clock.advance(10);
        const { seen, setCookie } = await send();
        assert.deepEqual(seen, { n: 1 });
        if (setCookie) cookies++;
      }
      assert.equal(cookies, kind === "memory" ? 0 : 100);
    });
  });

  describe(`absolute: ${kind}`, () => {
    test("ends a session that is used all the time, and deletes it", async () => {
      const { clock, send, events } = visitorOf({ store: makeStore(), timeout: { absolute: 3600 } });
      await send({ session: { n: 1 } });
      for (let minutes = 10; minutes <= 60; minutes += 10) {
        clock.advance(600);
        assert.deepEqual((await send({ session: { n: minutes } })).seen["n"], minutes === 10 ? 1 : minutes - 10);
      }
      clock.advance(0.001);
      assert.deepEqual((await send()).seen, {});
      assert.equal(events.at(-1), "expired");
    });

    test("does not depend on what a handler writes: it neither sees nor sets _created", async () => {
      const { clock, send } = visitorOf({ store: makeStore(), timeout: { absolute: 3600 } });
      await send({ session: { n: 1 } });
      clock.advance(1000);
      await send({ session: { fresh: true } });
      clock.advance(1000);
      assert.deepEqual((await send({ session: (current) => ({ ...current, more: 1 }) })).seen, { fresh: true });
      clock.advance(1000);
      assert.deepEqual((await send()).seen, { fresh: true, more: 1 });
      clock.advance(601);
      assert.deepEqual((await send()).seen, {});
    });

    test("starts again at a log-in, goes on at a renewal", async () => {
      for (const [answer, alive] of [
        [{ session: { user: "Ada" }, sessionRecreate: true }, true],
        [{ session: (current: SessionData) => current, sessionRecreate: true }, true],
        [{ sessionRecreate: true }, false],
      ] as const) {
        const { clock, send } = visitorOf({ store: makeStore(), timeout: { absolute: 1000 } });
        await send({ session: { n: 1 } });
        clock.advance(900);
        await send(answer);
        clock.advance(900);
        assert.equal(Object.keys((await send()).seen).length > 0, alive);
      }
    });

    test("a change that arrives after the end is dropped; a log-in is not", async () => {
      const { clock, send, events } = visitorOf({ store: makeStore(), timeout: { absolute: 1000 } });
      const app = async (answer: Response & SessionResponse) => {
        await send({ session: { n: 1 } });
        return send(
          Object.defineProperty(answer, "session", {
            get: () => (clock.advance(1001), { late: true }),
            enumerable: true,
          }),
        );
      };
      assert.equal((await app({})).setCookie, undefined);
      assert.equal(events.at(-1), "write-dropped");
      assert.ok((await app({ sessionRecreate: true })).setCookie);
    });
  });
}

test("a session older than the option absolute counts from its next request", async () => {
  for (const store of [memoryStore(), plainStore()]) {
    const before = visitorOf({ store });
    await before.send({ session: { n: 1 } });
    const clock = fakeClock();
    let seen: SessionData = {};
    const app = wrapSession((request) => ((seen = request.session), {}), {
      store,
      timeout: { idle: false, absolute: 100 },
      now: clock.now,
    });
    const send = () => app({ method: "GET", uri: "/", headers: { cookie: before.jar.header() } });
    await send();
    assert.deepEqual(seen, { n: 1 });
    clock.advance(60);
    await send();
    assert.deepEqual(seen, { n: 1 });
    clock.advance(60);
    await send();
    assert.deepEqual(seen, {});
  }
});

test("the store is given the shorter of the two limits, in whole seconds", async () => {
  const told: (number | undefined)[] = [];
  const memory = memoryStore();
  const store: SessionStore = {
    ...memory,
    writeSession: (key, session, context) => (told.push(context.ttl), memory.writeSession(key, session, context)),
  };
  for (const timeout of [
    {},
    { idle: 60 },
    { absolute: 100 },
    { idle: false, absolute: 100 },
    { idle: false },
  ] as const) {
    await visitorOf({ store, timeout }).send({ session: {} });
  }
  assert.deepEqual(told, [1800, 60, 100, 100, undefined]);
});

test("a sealed cookie is sealed again in time, even if each response sets cookie attributes", async () => {
  const { clock, send } = visitorOf({ store: cookieStore({ key: generateKey() }) });
  await send({ session: { n: 1 } });
  for (let request = 0; request < 60; request++) {
    clock.advance(600);
    assert.deepEqual((await send({ sessionCookieAttrs: { maxAge: 86_400 } })).seen, { n: 1 });
  }
});

test("a cookie with a Max-Age is renewed once per tenth of it, on any response that keeps the session", async () => {
  for (const makeStore of Object.values(stores)) {
    const { clock, send, jar } = visitorOf({
      store: makeStore(),
      timeout: { idle: 86_400 },
      cookieAttrs: { maxAge: 1000 },
    });
    await send({ session: { n: 1 } });
    let sent = 0;
    for (let request = 0; request < 200; request++) {
      clock.advance(10);
      const { seen, setCookie } = await send(request % 2 ? {} : { session: { n: 1 } });
      assert.deepEqual(seen, { n: 1 });
      if (setCookie) sent++;
      if (setCookie) assert.match(setCookie, /Max-Age=1000/);
    }
    assert.ok(sent >= 18 && sent <= 20, String(sent));
    clock.advance(1001);
    assert.equal(jar.header(), undefined);
  }
  const changing = visitorOf({ store: memoryStore(), cookieAttrs: { maxAge: 1000 } });
  await changing.send({ session: { n: 0 } });
  for (let request = 1; request < 50; request++) {
    changing.clock.advance(90);
    assert.equal((await changing.send({ session: { n: request } })).seen["n"], request - 1);
  }
});

test("a session past its limit is not read, even if the store cannot delete it", async () => {
  const clock = fakeClock();
  const store = { ...memoryStore(), deleteSession: () => Promise.reject(new Error("connection refused")) };
  const app = wrapSession(
    ({ sessionKey }) => (sessionKey === undefined ? { body: "out", session: { a: 1 } } : { body: "in" }),
    { store, now: clock.now, timeout: { idle: false, absolute: 60 } },
  );
  const visitor = createVisitor(app, clock.now);
  await visitor.send("GET", "/");
  assert.equal((await visitor.send("GET", "/")).body, "in");
  clock.advance(61);
  assert.equal((await visitor.send("GET", "/")).body, "out");
});
