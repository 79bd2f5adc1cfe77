import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { SessionStoreError } from "../../src/errors.ts";
import { wrapFlash } from "../../src/flash.ts";
import { wrapSession } from "../../src/session/session.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { createVisitor } from "../../src/testing/testing.ts";
import type {
  FlashResponse,
  Request,
  Response,
  SessionEvent,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../../src/types.ts";

type Answer = Response & SessionResponse & FlashResponse;
type Seen = Request & SessionRequest;

/** Starts an application on a store that then breaks, with a visitor who is logged in, and collects its events. */
async function application(options: SessionOptions = {}) {
  const events: SessionEvent[] = [];
  const memory = memoryStore();
  let broken = false;
  const store = {
    ...memory,
    async readSession(...args: Parameters<typeof memory.readSession>) {
      if (broken) throw new Error("connection refused");
      return memory.readSession(...args);
    },
  };
  let answer: (request: Seen) => Answer = () => ({ session: { user: "Ada" } });
  const app = wrapSession(
    wrapFlash((request: Seen) => answer(request)),
    { ...options, store, onEvent: (event) => events.push(event) },
  );
  const visitor = createVisitor(app);
  await visitor.send("POST", "/login");
  events.length = 0;
  broken = true;
  return {
    jar: visitor.jar,
    types: () => events.map(({ type }) => type),
    mend: () => (broken = false),
    send(next: (request: Seen) => Answer) {
      answer = next;
      return visitor.send("GET", "/");
    },
  };
}

describe("a session that cannot be read", () => {
  test("fails the request", async () => {
    const { send, types } = await application();
    await assert.rejects(
      send(() => ({ body: "never" })),
      (error) => error instanceof SessionStoreError && error.operation === "read",
    );
    assert.deepEqual(types(), ["store-error"]);
  });

  test("is shown as empty if the option readFailure says so, with an event for each request", async () => {
    const { send, types, jar, mend } = await application({ readFailure: "empty" });
    const key = jar.get("ring-session");
    const response = await send(({ session, sessionKey }) => ({ body: JSON.stringify([session, sessionKey ?? null]) }));
    assert.equal(response.body, "[{},null]");
    assert.equal(response.headers?.["set-cookie"], undefined);
    assert.deepEqual(types(), ["store-error", "read-only"]);
    mend();
    const later = await send(({ session }) => ({ body: String(session["user"]) }));
    assert.equal(later.body, "Ada");
    assert.equal(jar.get("ring-session"), key);
  });

  const changes: Record<string, Answer> = {
    "an object": { session: { a: 1 } },
    "the same empty object": { session: {} },
    "a function": { session: (current) => ({ ...current, a: 1 }) },
    "a log-out": { session: null },
    "a log-in": { session: { user: "Bob" }, sessionRecreate: true },
    "a renewal": { sessionRecreate: true },
    "a flash": { flash: "saved" },
  };
  for (const [name, change] of Object.entries(changes)) {
    test(`cannot be changed: ${name} fails the request`, async () => {
      const { send, mend } = await application({ readFailure: "empty" });
      await assert.rejects(
        send(() => change),
        (error) =>
          error instanceof SessionStoreError &&
          error.operation === "write" &&
          error.message === "session store: write is not possible: the session of this request could not be read" &&
          error.cause instanceof SessionStoreError,
      );
      mend();
      assert.equal((await send(({ session }) => ({ body: String(session["user"]) }))).body, "Ada");
    });
  }
});
