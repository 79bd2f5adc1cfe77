import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { flashRequest, flashResponse, wrapFlash } from "../src/flash.ts";
import { wrapSession } from "../src/session/session.ts";
import { memoryStore } from "../src/stores/memory/memory.ts";
import { createVisitor } from "../src/testing/testing.ts";
import type {
  FlashRequest,
  FlashResponse,
  Json,
  Request,
  Response,
  SessionData,
  SessionRequest,
  SessionResponse,
} from "../src/types.ts";

type Answer = Response & SessionResponse & FlashResponse;
type Seen = Request & SessionRequest & FlashRequest;

function visited() {
  let seen: Seen | undefined;
  let answer: (request: Seen) => Answer | null = () => ({});
  const store = memoryStore();
  const app = wrapSession(
    wrapFlash((request: Seen) => {
      seen = request;
      return answer(request) ?? undefined;
    }),
    { store },
  );
  const visitor = createVisitor(async (request) => (await app(request)) ?? { status: 404 });
  const send = async (next: Answer | null | ((request: Seen) => Answer | null) = {}) => {
    answer = typeof next === "function" ? next : () => next;
    const response = await visitor.send("GET", "/");
    return { flash: seen?.flash, session: seen?.session, response };
  };
  return { send, jar: visitor.jar, store };
}

describe("a flash", () => {
  test("is on the next request of the session, once", async () => {
    const { send } = visited();
    const { response } = await send({ flash: "Saved." });
    assert.equal("flash" in response, false);
    const next = await send();
    assert.deepEqual([next.flash, next.session], ["Saved.", {}]);
    assert.equal((await send()).flash, undefined);
  });

  test("is any value but undefined and null", async () => {
    const { send, store } = visited();
    for (const flash of [undefined, null]) await send({ flash });
    assert.equal(store.size, 0);
    for (const flash of [0, "", false, [], {}, { a: [1] }] satisfies Json[]) {
      await send({ flash });
      assert.deepEqual((await send()).flash, flash);
      assert.equal((await send()).flash, undefined);
    }
  });

  test("is not used up by a throw or by no response", async () => {
    const { send } = visited();
    await send({ flash: "still" });
    await assert.rejects(send(() => assert.fail("boom")));
    await send(null);
    assert.equal((await send()).flash, "still");
  });

  test("can be left with an object, with a function, and without a session", async () => {
    const { send } = visited();
    await send({ session: { n: 1 }, flash: "a" });
    assert.deepEqual(await shown(send({ session: (current) => ({ ...current, n: 2 }), flash: "b" })), ["a", { n: 1 }]);
    assert.deepEqual(await shown(send({ flash: "c" })), ["b", { n: 2 }]);
    assert.deepEqual(await shown(send({ session: { m: 3 } })), ["c", { n: 2 }]);
    assert.deepEqual(await shown(send()), [undefined, { m: 3 }]);
  });

  test("can be kept by returning it again", async () => {
    const { send } = visited();
    await send({ flash: "kept" });
    for (let request = 0; request < 3; request++) assert.equal((await send(({ flash }) => ({ flash }))).flash, "kept");
  });

  test("with session: null logs out, and is shown under a new key", async () => {
    const { send, jar, store } = visited();
    await send({ session: { user: "Ada" } });
    const before = jar.get("ring-session");
    await send({ session: null, flash: "Bye." });
    assert.notEqual(jar.get("ring-session"), before);
    assert.deepEqual(await shown(send()), ["Bye.", {}]);
    assert.equal(store.size, 1);
    const anonymous = visited();
    await anonymous.send({ session: null, flash: "Who?" });
    assert.deepEqual(await shown(anonymous.send()), ["Who?", {}]);
  });

  test("that was shown is deleted by session: null", async () => {
    const { send, jar } = visited();
    await send({ session: { user: "Ada" }, flash: "Hello." });
    await send({ session: null });
    assert.equal(jar.header(), undefined);
  });

  test("moves with a recreated session", async () => {
    const { send, jar } = visited();
    await send({ session: { n: 1 } });
    for (const answer of [{ sessionRecreate: true }, { session: { n: 1 }, sessionRecreate: true }]) {
      const before = jar.get("ring-session");
      await send({ ...answer, flash: "moved" });
      assert.notEqual(jar.get("ring-session"), before);
      assert.deepEqual(await shown(send()), ["moved", { n: 1 }]);
    }
  });

  test("is lost with a function that returns null", async () => {
    const { send, jar } = visited();
    await send({ session: { n: 1 } });
    await send({ session: () => null, flash: "lost" });
    assert.equal(jar.header(), undefined);
  });

  test("has a reserved name: _flash is a TypeError from an object and from a function", async () => {
    const { send } = visited();
    await assert.rejects(
      send({ session: { _flash: "by hand" } }),
      /response\.session\._flash is reserved for the flash; put it in response\.flash/,
    );
    await assert.rejects(send({ session: () => ({ _flash: "by hand" }) }), TypeError);
  });
});

describe("flashRequest and flashResponse on maps", () => {
  const mark = (response: object | null | undefined) => ({
    ...response,
    ...Object.fromEntries(Object.getOwnPropertySymbols(response ?? {}).map((key) => [key, undefined])),
  });

  test("flashRequest takes the flash out of the session", () => {
    assert.deepEqual(flashRequest({ session: { _flash: 0, n: 1 } }), { session: { n: 1 }, flash: 0 });
    assert.deepEqual(flashRequest({ session: { n: 1 } }), { session: { n: 1 }, flash: undefined });
    assert.deepEqual(flashRequest({}), { flash: undefined });
  });

  test("flashResponse puts the flash in, and removes a shown one", () => {
    const session = { n: 1 };
    const plain = (response: object | null | undefined) => JSON.parse(JSON.stringify(response)) as unknown;
    assert.deepEqual(plain(flashResponse({ body: "x" }, { session, flash: "hi" })), { body: "x", session });
    assert.deepEqual(plain(flashResponse({ body: "x" }, { session })), { body: "x" });
    assert.deepEqual(plain(flashResponse({ flash: "x" }, { session })), { session: { n: 1, _flash: "x" } });
    assert.deepEqual(plain(flashResponse({ flash: "x" }, {})), { session: { _flash: "x" } });
    assert.equal(flashResponse(null, { session }), null);
    assert.equal(flashResponse(undefined, { session, flash: "hi" }), undefined);
    assert.deepEqual(mark(flashResponse({ session: null }, { session, flash: "hi" })), { session: null });
  });

  test("a function keeps a flash that another request leaves meanwhile", () => {
    const { session } = flashResponse(
      { session: (current: SessionData) => ({ ...current, n: 2 }) },
      { session: { n: 1 }, flash: "shown" },
    );
    assert.ok(typeof session === "function");
    assert.deepEqual(session({ n: 1, _flash: "shown" }), { n: 2 });
    assert.deepEqual(session({ n: 1, _flash: "new" }), { n: 2, _flash: "new" });
  });
});

async function shown(sent: Promise<{ flash: unknown; session: unknown }>): Promise<unknown[]> {
  const { flash, session } = await sent;
  return [flash, session];
}
