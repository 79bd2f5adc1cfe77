import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { wrapFlash } from "../../src/flash.ts";
import { wrapSession } from "../../src/session/session.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar, fakeClock, mockRequest } from "../../src/testing/testing.ts";
import type {
  FlashResponse,
  Request,
  Response,
  SessionEvent,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../../src/types.ts";
import { traced } from "../support/traced.ts";

interface App {
  readonly n?: number;
  readonly user?: string;
  readonly [key: string]: unknown;
}

type Answer = Response & SessionResponse<App> & FlashResponse;
type Job = (request: Request & SessionRequest<App>) => Answer | Promise<Answer>;

/** Starts an application where each request brings its own job, and a visitor who has a session in it. */
async function visited(session: App, options: SessionOptions<App> = {}) {
  const events: SessionEvent[] = [];
  const jobs = new Map<string, Job>();
  const app = wrapSession<App>(
    wrapFlash((request: Request & SessionRequest<App>) => jobs.get(request.uri)?.(request) ?? {}),
    { store: memoryStore(), onEvent: (event) => events.push(event), ...options },
  );
  const jar = cookieJar(options.now);
  let count = 0;
  const send = async (job: Job, cookie = jar.header()) => {
    const uri = `/${++count}`;
    jobs.set(uri, job);
    const response = await app(mockRequest("GET", uri, { headers: cookie === undefined ? {} : { cookie } }));
    return response?.headers?.["set-cookie"]?.[0];
  };
  const take = (line: string | undefined) => jar.take({ headers: line === undefined ? {} : { "set-cookie": line } });
  take(await send(() => ({ session })));
  const read = async (cookie = jar.header()) => {
    let seen: App = {};
    await send((request) => ((seen = request.session), {}), cookie);
    return seen;
  };
  const types = () => events.map((event) => event.type);
  return { send, read, take, jar, types };
}

/** Makes a promise for a handler to wait for, and the function that resolves it. */
function gate() {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open?.() };
}

describe("two requests at once", () => {
  test("that set different keys keep both changes, and an event says so", async () => {
    const { send, read, types } = await visited({ a: 0 });
    const slow = gate();
    const first = send(async ({ session }) => (await slow.opened, { session: { ...session, b: 1 } }));
    await send(({ session }) => ({ session: { ...session, c: 2 } }));
    slow.open();
    await first;
    assert.deepEqual(await read(), { a: 0, b: 1, c: 2 });
    assert.ok(types().includes("conflict-merged"));
  });

  test("one removes a key, one sets another: both happen", async () => {
    const { send, read } = await visited({ a: 0, b: 0 });
    const slow = gate();
    const first = send(async () => (await slow.opened, { session: { b: 0 } }));
    await send(({ session }) => ({ session: { ...session, c: 2 } }));
    slow.open();
    await first;
    assert.deepEqual(await read(), { b: 0, c: 2 });
  });

  test("that set the same key: the last writer wins", async () => {
    const { send, read } = await visited({ a: 0 });
    const slow = gate();
    const first = send(async ({ session }) => (await slow.opened, { session: { ...session, a: "slow" } }));
    await send(({ session }) => ({ session: { ...session, a: "quick" } }));
    slow.open();
    await first;
    assert.deepEqual(await read(), { a: "slow" });
  });

  test("a thousand increments by a function add up to a thousand", async () => {
    const { send, read } = await visited({ n: 0 });
    const increment = (current: App) => ({ ...current, n: (current.n ?? 0) + 1 });
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => send(async () => (await pause(index % 7), { session: increment }))),
    );
    assert.deepEqual(await read(), { n: 1000 });
  });

  test("any interleaving of disjoint changes keeps them all", async () => {
    const scheduled = fc.asyncProperty(
      fc.scheduler(),
      fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 6 }),
      async (scheduler, keys) => {
        const { send, read } = await visited({ base: 1 });
        const names = keys.map((key) => `key:${key}`);
        const requests = names.map((name) =>
          send(async ({ session }) => {
            await scheduler.schedule(Promise.resolve(), name);
            return { session: { ...session, [name]: true } };
          }),
        );
        await scheduler.waitFor(Promise.all(requests));
        assert.deepEqual(await read(), { base: 1, ...Object.fromEntries(names.map((name) => [name, true])) });
      },
    );
    await fc.assert(scheduled, { numRuns: 50 });
  });
});

describe("a slow request and a log-out", () => {
  const endings: Record<string, Job> = {
    null: () => ({ session: null }),
    "null and a flash": () => ({ session: null, flash: "bye" }),
    "a function that returns null": () => ({ session: () => null }),
    recreate: ({ session }) => ({ session: { ...session, user: "Ada" }, sessionRecreate: true }),
    renewal: () => ({ sessionRecreate: true }),
  };
  const changes: Record<string, Job> = {
    "an object": ({ session }) => ({ session: { ...session, late: true } }),
    "a function": () => ({ session: (current) => ({ ...current, late: true }) }),
    "a flash": () => ({ flash: "late" }),
    "a renewal": () => ({ sessionRecreate: true }),
    "a renewal with a flash": () => ({ sessionRecreate: true, flash: "late" }),
  };
  for (const [ending, end] of Object.entries(endings)) {
    for (const [change, late] of Object.entries(changes)) {
      test(`${change} after ${ending} is dropped, without a cookie and with an event`, async () => {
        const { send, read, take, jar, types } = await visited({ user: "Eve" });
        const old = jar.header();
        const slow = gate();
        const first = send(async (request) => (await slow.opened, late(request)));
        take(await send(end));
        slow.open();
        assert.equal(await first, undefined);
        assert.deepEqual(await read(old), {});
        assert.ok(types().includes("write-dropped"));
        const after: App = await read();
        assert.equal(after["late"], undefined);
      });
    }
  }

  test("in 10,000 races none of them brings the session back", async () => {
    const { send, read, take, jar } = await visited({ user: "Ada" });
    let revived = 0;
    for (let race = 0; race < 10_000; race++) {
      take(await send(() => ({ session: { user: "Ada" } })));
      const cookie = jar.header();
      const slow = send(async ({ session }) => (await pause(race % 5), { session: { ...session, late: race } }));
      const [, line] = await Promise.all([slow, send(async () => (await pause(race % 3), { session: null }))]);
      take(line);
      if (Object.keys(await read(cookie)).length > 0) revived++;
    }
    assert.equal(revived, 0);
  });

  test("an idle session that ends while a request is slow stays ended", async () => {
    const clock = fakeClock();
    const { send, read, types } = await visited({ n: 1 }, { now: clock.now, timeout: { idle: 60 } });
    assert.equal(await send(({ session }) => (clock.advance(61), { session: { ...session, late: true } })), undefined);
    assert.deepEqual(await read(), {});
    assert.ok(types().includes("write-dropped"));
  });
});

describe("a log-in", () => {
  test("carries over what another request changed meanwhile", async () => {
    const { send, read, take } = await visited({ cart: 1 });
    const slow = gate();
    const logIn = send(
      async ({ session }) => (await slow.opened, { session: { ...session, user: "Ada" }, sessionRecreate: true }),
    );
    await send(({ session }) => ({ session: { ...session, theme: "dark" } }));
    slow.open();
    take(await logIn);
    assert.deepEqual(await read(), { cart: 1, theme: "dark", user: "Ada" });
  });

  test("by a function sees the newest session, or an empty one if it was deleted", async () => {
    for (const gone of [false, true]) {
      const { send, read, take } = await visited({ cart: 1 });
      const slow = gate();
      const logIn = send(
        async () => (await slow.opened, { session: (current) => ({ ...current, user: "Ada" }), sessionRecreate: true }),
      );
      await send(({ session }) => ({ session: gone ? null : { ...session, cart: 2 } }));
      slow.open();
      take(await logIn);
      assert.deepEqual(await read(), gone ? { user: "Ada" } : { cart: 2, user: "Ada" });
    }
  });

  test("gets its new key even if the old session was deleted", async () => {
    const { send, read, take } = await visited({ cart: 1 });
    const slow = gate();
    const logIn = send(async () => (await slow.opened, { session: { user: "Ada" }, sessionRecreate: true }));
    await send(() => ({ session: null }));
    slow.open();
    take(await logIn);
    assert.deepEqual(await read(), { user: "Ada" });
  });

  test("by a function that returns null, because of another request's change, leaves no session", async () => {
    const store = memoryStore();
    const { send, take, jar } = await visited({ user: "Ada" }, { store });
    const slow = gate();
    const job: Job = async () => (
      await slow.opened,
      { session: (current) => (current["banned"] ? null : current), sessionRecreate: true }
    );
    const logIn = send(job);
    await send(({ session }) => ({ session: { ...session, banned: true } }));
    slow.open();
    take(await logIn);
    assert.equal(jar.header(), undefined);
    assert.equal(store.size, 0);
  });

  test("by a function that throws when it runs again changes nothing", async () => {
    const store = memoryStore();
    const { send, read } = await visited({ user: "Ada" }, { store });
    const slow = gate();
    const boom = new Error("boom");
    const job: Job = async () => (
      await slow.opened,
      { session: (current) => (current["late"] ? assert.fail(boom) : current), sessionRecreate: true }
    );
    const logIn = send(job);
    await send(({ session }) => ({ session: { ...session, late: true } }));
    slow.open();
    await assert.rejects(logIn, boom);
    assert.deepEqual(await read(), { user: "Ada", late: true });
    assert.equal(store.size, 1);
  });

  test("a renewal of a deleted session writes nothing, not even for a moment", async () => {
    const trace = traced(memoryStore());
    const { send } = await visited({ n: 1 }, { store: trace.store });
    const slow = gate();
    const renewal = send(async () => (await slow.opened, { sessionRecreate: true }));
    await send(() => ({ session: null }));
    trace.calls();
    slow.open();
    assert.equal(await renewal, undefined);
    assert.deepEqual(trace.calls(), ["update K1"]);
  });

  test("a renewal leaves one session, not two", async () => {
    const store = memoryStore();
    const { send, read, take } = await visited({ n: 1 }, { store });
    take(await send(() => ({ sessionRecreate: true })));
    assert.equal(store.size, 1);
    assert.deepEqual(await read(), { n: 1 });
  });
});

async function pause(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
