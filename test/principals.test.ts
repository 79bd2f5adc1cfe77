import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { SessionStoreError } from "../src/errors.ts";
import { wrapFlash } from "../src/flash.ts";
import { fingerprint } from "../src/crypto/session-key.ts";
import { listSessions, revokeSessions, type ListedSession } from "../src/principals.ts";
import { wrapSession } from "../src/session/session.ts";
import { memoryStore } from "../src/stores/memory/memory.ts";
import { createVisitor, fakeClock, type Visitor } from "../src/testing/testing.ts";
import type {
  FlashResponse,
  Request,
  Response,
  SessionEvent,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../src/types.ts";
import { plainStore } from "./support/traced.ts";

interface App {
  readonly user?: string;
  readonly browser?: string;
  readonly late?: boolean;
}

type Answer = Response & SessionResponse<App> & FlashResponse;
type Job = (request: Request & SessionRequest<App>) => Answer | Promise<Answer>;

/** Makes an application whose principals are its users, where each request brings its own job. */
function application(options: SessionOptions<App> = {}) {
  const clock = fakeClock();
  const store = memoryStore();
  const events: SessionEvent[] = [];
  const jobs = new Map<string, Job>();
  const app = wrapSession<App>(
    wrapFlash((request: Request & SessionRequest<App>) => jobs.get(request.uri)?.(request) ?? {}),
    { store, now: clock.now, principal: ({ user }) => user, onEvent: (event) => events.push(event), ...options },
  );
  let count = 0;
  const send = (visitor: Visitor, job: Job): Promise<Response> => {
    const uri = `/${++count}`;
    jobs.set(uri, job);
    return visitor.send("POST", uri);
  };
  return {
    clock,
    store,
    send,
    events: (type: SessionEvent["type"]) => events.filter((event) => event.type === type),
    browser: () => createVisitor(app, clock.now),
    async logIn(session: App, visitor = createVisitor(app, clock.now)) {
      await send(visitor, () => ({ session, sessionRecreate: true }));
      return visitor;
    },
    async userOf(visitor: Visitor) {
      let user: string | undefined;
      await send(visitor, ({ session }) => ((user = session.user), {}));
      return user;
    },
    list: (principal: string, current?: string) => listSessions<App>(store, principal, { current, now: clock.now }),
    revoke: (principal: string, which: object = {}) => revokeSessions(store, principal, { ...which, now: clock.now }),
  };
}

function keyOf(visitor: Visitor): string {
  return visitor.jar.get("ring-session") ?? "";
}

function browsers(sessions: readonly ListedSession<App>[]): readonly (string | undefined)[] {
  return sessions.map(({ session }) => session.browser);
}

describe("listSessions", () => {
  test("lists the sessions of a principal, the last used first, and nobody else's", async () => {
    const { clock, logIn, list } = application();
    const start = clock.now();
    await logIn({ user: "ada", browser: "Firefox" });
    clock.advance(10);
    await logIn({ user: "bob", browser: "Opera" });
    await logIn({ browser: "nobody's" });
    const chrome = await logIn({ user: "ada", browser: "Chrome" });
    const sessions = await list("ada", keyOf(chrome));
    assert.deepEqual(browsers(sessions), ["Chrome", "Firefox"]);
    assert.deepEqual(
      sessions.map(({ created, lastSeen, current }) => [created - start, lastSeen - start, current]),
      [
        [10_000, 10_000, true],
        [0, 0, false],
      ],
    );
    assert.deepEqual(await list("eve"), []);
  });

  test("shows neither keys nor reserved names", async () => {
    const { send, logIn, list, store } = application({ timeout: { absolute: 3600 } });
    const visitor = await logIn({ user: "ada" });
    await send(visitor, () => ({ flash: "saved" }));
    const [session] = await list("ada");
    assert.deepEqual(session?.session, { user: "ada" });
    assert.ok(!JSON.stringify(session).includes(keyOf(visitor)));
    assert.equal(session?.handle.length, 43);
    assert.equal(store.size, 1);
  });

  test("gives the time of the log-in if there is an absolute limit, even under a new key", async () => {
    const { clock, send, logIn, list } = application({ timeout: { absolute: 3600 } });
    const start = clock.now();
    const visitor = await logIn({ user: "ada" });
    clock.advance(60);
    await send(visitor, () => ({ sessionRecreate: true }));
    const sessions = await list("ada", keyOf(visitor));
    assert.deepEqual(
      sessions.map(({ created, lastSeen, current }) => [created - start, lastSeen - start, current]),
      [[0, 60_000, true]],
    );
  });

  test("lists a session under its new key only, and not after a change of user, a log-out or its end", async () => {
    const { clock, send, logIn, list } = application();
    const ada = await logIn({ user: "ada", browser: "Firefox" });
    await logIn({ user: "ada", browser: "Chrome" }, ada);
    assert.deepEqual(browsers(await list("ada")), ["Chrome"]);
    await send(ada, () => ({ session: { user: "bob", browser: "Chrome" } }));
    assert.deepEqual([await list("ada"), browsers(await list("bob"))], [[], ["Chrome"]]);
    await send(ada, () => ({ session: null }));
    assert.deepEqual(await list("bob"), []);
    await logIn({ user: "ada" });
    clock.advance(1801);
    assert.deepEqual(await list("ada"), []);
  });
});

describe("revokeSessions", () => {
  test("logs a principal out everywhere", async () => {
    const { logIn, userOf, revoke, events } = application();
    const visitors = [await logIn({ user: "ada" }), await logIn({ user: "ada" }), await logIn({ user: "bob" })];
    const keys = visitors.map(keyOf);
    assert.equal(await revoke("ada"), 2);
    assert.deepEqual(await Promise.all(visitors.map(userOf)), [undefined, undefined, "bob"]);
    assert.equal(await revoke("ada"), 0);
    assert.deepEqual(events("revoked"), [], "the wrapper's listener hears what the wrapper does");
    assert.equal(new Set(keys).size, 3);
  });

  test("tells the listener of the call, with the short hash of the key", async () => {
    const { store, logIn } = application();
    const visitor = await logIn({ user: "ada" });
    const heard: SessionEvent[] = [];
    await revokeSessions(store, "ada", { onEvent: (event) => heard.push(event), now: () => 1_700_000_000_000 });
    assert.deepEqual(heard, [{ type: "revoked", at: 1_700_000_000_000, key: fingerprint(keyOf(visitor)) }]);
  });

  test("logs out everywhere except here", async () => {
    const { logIn, userOf, revoke } = application();
    const [here, there] = [await logIn({ user: "ada" }), await logIn({ user: "ada" })];
    assert.equal(await revoke("ada", { except: keyOf(here) }), 1);
    assert.deepEqual([await userOf(here), await userOf(there)], ["ada", undefined]);
    assert.equal(await revoke("ada", { except: undefined }), 1);
    assert.equal(await userOf(here), undefined);
  });

  test("logs out one session, which must be the principal's own", async () => {
    const { logIn, userOf, revoke, list } = application();
    const [ada, bob] = [await logIn({ user: "ada" }), await logIn({ user: "bob" })];
    const [adas] = await list("ada");
    assert.equal(await revoke("bob", { handle: adas?.handle }), 0);
    assert.equal(await userOf(ada), "ada");
    assert.equal(await revoke("ada", { handle: adas?.handle }), 1);
    assert.deepEqual([await userOf(ada), await userOf(bob)], [undefined, "bob"]);
  });

  test("revokes nothing for an unknown or missing handle", async () => {
    const { logIn, userOf, revoke } = application();
    const ada = await logIn({ user: "ada" });
    for (const handle of [undefined, null, "", "x", "\0", "__proto__", keyOf(ada), 7, ["x"]]) {
      assert.equal(await revoke("ada", { handle }), 0, String(handle));
    }
    assert.equal(await userOf(ada), "ada");
  });

  test("is final: a request under way does not restore the session", async () => {
    const { send, logIn, userOf, revoke, events } = application();
    const ada = await logIn({ user: "ada" });
    await send(ada, async ({ session }) => {
      await revoke("ada");
      return { session: { ...session, late: true } };
    });
    assert.equal(events("write-dropped").length, 1);
    assert.equal(await userOf(ada), undefined);
  });
});

describe("a mistake", () => {
  test("in the arguments rejects and names it", async () => {
    const store = memoryStore();
    const mistakes: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => listSessions(plainStore(), "ada"), /listSessions: the call needs a store with an index of principals/],
      [() => revokeSessions(plainStore(), "ada"), /revokeSessions: the call needs a store with an index/],
      [() => listSessions(store, undefined as never), /listSessions: principal must be text, got undefined/],
      [() => revokeSessions(store, 7 as never), /revokeSessions: principal must be text, got a number/],
      [() => revokeSessions(store, "ada", { exept: "K" } as object), /unknown option "exept"; did you mean "except"\?/],
      [() => revokeSessions(store, "ada", { except: "K", handle: "H" }), /give either handle or except, got both/],
      [() => listSessions(store, "ada", { storeDeadline: 0 }), /storeDeadline must be a number of milliseconds/],
    ];
    for (const [call, message] of mistakes) await assert.rejects(call, message);
  });

  test("of the store is a SessionStoreError with the operation", async () => {
    const failing = {
      ...memoryStore(),
      listSessions: () => Promise.reject(new Error("connection refused")),
      revokeSessions: () => new Promise<never>(() => undefined),
    };
    await assert.rejects(
      listSessions(failing, "ada"),
      (error) => error instanceof SessionStoreError && error.operation === "list",
    );
    await assert.rejects(
      revokeSessions(failing, "ada", { storeDeadline: 5 }),
      (error) => error instanceof SessionStoreError && error.operation === "revoke" && /5 ms/.test(error.message),
    );
  });
});

describe("maxSessions", () => {
  test("revokes the session that was not seen for longest", async () => {
    const { clock, logIn, userOf, list, events } = application({ maxSessions: 2 });
    const first = await logIn({ user: "ada", browser: "1" });
    clock.advance(10);
    const second = await logIn({ user: "ada", browser: "2" });
    await logIn({ user: "bob" });
    clock.advance(10);
    await userOf(first);
    clock.advance(10);
    const key = keyOf(second);
    await logIn({ user: "ada", browser: "3" });
    assert.deepEqual(browsers(await list("ada")), ["3", "1"]);
    assert.equal(await userOf(second), undefined);
    assert.deepEqual(
      events("revoked").map((event) => "key" in event && event.key),
      [fingerprint(key)],
    );
  });

  test("counts a browser that logs in again once", async () => {
    const { logIn, userOf, events } = application({ maxSessions: 1 });
    const visitor = await logIn({ user: "ada" });
    await logIn({ user: "ada" }, visitor);
    assert.equal(await userOf(visitor), "ada");
    assert.deepEqual(events("revoked"), []);
  });

  test("counts a session that becomes the principal's later, even on a store without updateSession", async () => {
    for (const atomic of [true, false]) {
      const { updateSession, ...rest } = memoryStore();
      const store = atomic ? { ...rest, updateSession } : rest;
      const { clock, browser, send, logIn, userOf } = application({ maxSessions: 1, store });
      const first = await logIn({ user: "ada" });
      clock.advance(1);
      const second = browser();
      await send(second, () => ({ session: { browser: "2" } }));
      assert.equal(await userOf(first), "ada");
      await send(second, ({ session }) => ({ session: { ...session, user: "ada" } }));
      assert.deepEqual([await userOf(first), await userOf(second)], [undefined, "ada"]);
    }
  });

  test("does not count a session past its absolute limit; listSessions with that limit leaves it out too", async () => {
    const timeout = { idle: 1800, absolute: 3600 };
    const { clock, store, logIn, userOf, events } = application({ maxSessions: 2, timeout });
    const over = await logIn({ user: "ada" });
    for (let minutes = 0; minutes < 50; minutes += 25) {
      clock.advance(25 * 60);
      await userOf(over);
    }
    const live = await logIn({ user: "ada" });
    clock.advance(11 * 60);
    await logIn({ user: "ada" });
    assert.deepEqual([await userOf(live), events("revoked")], ["ada", []]);
    assert.equal((await listSessions(store, "ada", { now: clock.now, timeout })).length, 2);
  });

  test("fails no log-in if the store cannot list", async () => {
    const store = { ...memoryStore(), listSessions: () => Promise.reject(new Error("connection refused")) };
    const { logIn, userOf, events } = application({ maxSessions: 1, store });
    const visitor = await logIn({ user: "ada" });
    await logIn({ user: "ada" }, visitor);
    assert.equal(await userOf(visitor), "ada");
    assert.equal(events("store-error").length, 2);
  });

  test("reads the list at a log-in, and at no other change", async () => {
    const memory = memoryStore();
    let looks = 0;
    const store = {
      ...memory,
      listSessions: (...args: Parameters<typeof memory.listSessions>) => (looks++, memory.listSessions(...args)),
    };
    const { send, logIn } = application({ maxSessions: 1, store });
    const visitor = await logIn({ user: "ada" });
    await send(visitor, ({ session }) => ({ session: { ...session, browser: "Firefox" } }));
    assert.equal(looks, 1);
  });

  test("keeps the newest log-in, even on a server whose clock is behind", async () => {
    const { clock, logIn, userOf } = application({ maxSessions: 1 });
    const elsewhere = await logIn({ user: "ada" });
    clock.advance(60);
    await userOf(elsewhere);
    clock.advance(-30);
    const here = await logIn({ user: "ada" });
    assert.deepEqual([await userOf(elsewhere), await userOf(here)], [undefined, "ada"]);
  });

  test("leaves one of two log-ins at once", async () => {
    const { logIn, userOf } = application({ maxSessions: 1 });
    const visitors = await Promise.all([logIn({ user: "ada" }), logIn({ user: "ada" }), logIn({ user: "ada" })]);
    const users = await Promise.all(visitors.map(userOf));
    assert.equal(users.filter((user) => user === "ada").length, 1);
  });
});
