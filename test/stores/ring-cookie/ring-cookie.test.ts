import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import { CookieError, SessionDataError } from "../../../src/errors.ts";
import { wrapFlash } from "../../../src/flash.ts";
import { ringKey, sealRing } from "../../../src/stores/ring-cookie/seal.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { ednCodec, type RingCookieStoreOptions, ringCookieStore } from "../../../src/stores/ring-cookie/ring-cookie.ts";
import { createVisitor, fakeClock, storeLaws } from "../../../src/testing/testing.ts";
import type { SessionData, StoreContext, StoreFact } from "../../../src/types.ts";

const key = "0123456789abcdef";
const other = new Uint8Array(16).fill(7);
const ADA = { user: "Ada" };
const STAMP = "ring.middleware.session-timeout/idle-timeout";

/** Makes a context, so many milliseconds after the start. It has no time limit unless one is given. */
function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: 1_700_000_000_000 + milliseconds, ttl: undefined, cookieName: "ring-session", ...more };
}

describe("the laws, with a stamp", () => {
  for (const law of storeLaws) {
    test(law.name, async (t) => {
      const answer = await law.check(() => ringCookieStore({ key, idleStamp: true }));
      if (answer === "does not apply") t.skip("not for a sealed cookie");
    });
  }
});

test("without a stamp, the laws about the end of a session are broken, and no others", async (t) => {
  t.mock.method(console, "warn", () => undefined);
  const broken: string[] = [];
  for (const law of storeLaws) {
    await law.check(() => ringCookieStore({ key })).catch(() => broken.push(law.name));
  }
  assert.deepEqual(broken, [
    "after its time a session is gone",
    "reading restarts the idle clock",
    "a read without a time to live leaves the clock alone",
    "a session ends when its time is over, to a second",
    "a time to live may have a fraction, and may be 400 days",
  ]);
});

describe("a cookie", () => {
  test("is read by a store with the same key, as bytes or as text, and by no other", async () => {
    const sealed = await ringCookieStore({ key }).writeSession(undefined, ADA, at(0));
    assert.deepEqual(await ringCookieStore({ key: Buffer.from(key) }).readSession(sealed, at(0)), ADA);
    assert.equal(await ringCookieStore({ key: other }).readSession(sealed, at(0)), undefined);
  });

  test("is no session if a single bit is changed", async () => {
    const store = ringCookieStore({ key });
    const sealed = await store.writeSession(undefined, { user: "Ada", n: 1 }, at(0));
    for (let index = 0; index < sealed.length * 8; index++) {
      const octets = Buffer.from(sealed);
      octets[index >> 3] = (octets[index >> 3] ?? 0) ^ (1 << (index & 7));
      assert.equal(await store.readSession(octets.toString("latin1"), at(0)), undefined, `bit ${index}`);
    }
  });

  test("is no session if it is cut, or its parts are swapped or mixed", async () => {
    const store = ringCookieStore({ key });
    const [data = "", mac = ""] = (await store.writeSession(undefined, ADA, at(0))).split("--");
    const [elsewhere = ""] = (await store.writeSession(undefined, ADA, at(0))).split("--");
    // Data without their padding are still valid, to Ring too.
    for (let length = 0; length < data.replaceAll("=", "").length; length++) {
      assert.equal(await store.readSession(`${data.slice(0, length)}--${mac}`, at(0)), undefined);
    }
    for (let length = 0; length < mac.length; length++) {
      assert.equal(await store.readSession(`${data}--${mac.slice(0, length)}`, at(0)), undefined);
    }
    for (const text of [data, `${mac}--${data}`, `${elsewhere}--${mac}`, `${data}-${mac}`, `${data}---${mac}`]) {
      assert.equal(await store.readSession(text, at(0)), undefined);
    }
  });

  test("with any other text is no session, and no error", async () => {
    const store = ringCookieStore({ keys: [key, other], idleStamp: true });
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "-", "--", "----", "=", "AAAA"),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        assert.equal(await store.readSession(parts.join("--"), at(0)), undefined);
        assert.equal(await store.readSession(parts.join(""), at(0)), undefined);
        assert.equal(await store.deleteSession(parts.join("--"), at(0)), undefined);
        assert.equal(await store.renewSession(parts.join("--"), {}, at(0)), undefined);
      }),
      { numRuns: 500 },
    );
  });

  test("with a valid MAC over text that is no session is no session", async () => {
    const store = ringCookieStore({ key, idleStamp: true });
    const texts = [
      "",
      "nil",
      "[1]",
      "#{}",
      "(1)",
      ":a",
      "#a {}",
      "{:a",
      "{:a 1 :a 2}",
      "#=(+ 1 1)",
      "{:a \\ud800}",
      "[".repeat(2000),
    ];
    for (const text of texts) {
      assert.equal(await store.readSession(sealRing(ringKey("key", key), text), at(0)), undefined, text);
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        await store.readSession(sealRing(ringKey("key", key), text), at(0));
      }),
    );
  });

  test("is refused if it is over 4096 octets in its encoded form", async () => {
    const store = ringCookieStore({ key });
    const write = async (length: number): Promise<string> =>
      store.writeSession(undefined, { t: "x".repeat(length) }, at(0));
    const sealed = await write(2700);
    assert.deepEqual(await store.readSession(sealed, at(0)), { t: "x".repeat(2700) });
    // The sealed text has 4078 octets. The cookie has more, with `%2B` for `+`.
    await assert.rejects(async () => write(2990), CookieError);
  });

  test("refuses data that Clojure could not read", async () => {
    const store = ringCookieStore({ key });
    await assert.rejects(async () => store.writeSession(undefined, { when: new Date(0) }, at(0)), SessionDataError);
  });
});

describe("several keys", () => {
  test("all open, the first seals, and a cookie that another one opened is sealed again", async () => {
    const old = await ringCookieStore({ key: other }).writeSession(undefined, ADA, at(0));
    const facts: StoreFact[] = [];
    const store = ringCookieStore({ keys: [key, other] });
    const session = (await store.readSession(old, at(0, { report: (fact) => facts.push(fact) }))) as SessionData;
    assert.deepEqual(session, ADA);
    assert.deepEqual(facts, ["old-key"]);
    const fresh = (await store.renewSession(old, session, at(0))) ?? "";
    assert.deepEqual(await ringCookieStore({ key }).readSession(fresh, at(0)), ADA);
    const again = (await store.readSession(fresh, at(0))) as SessionData;
    assert.equal(await store.renewSession(fresh, again, at(0)), undefined);
  });
});

describe("without a stamp", () => {
  test("the store warns once that it keeps no idle limit", async (t) => {
    const { mock: warning } = t.mock.method(console, "warn", () => undefined);
    const app = wrapSession(() => ({ session: ADA }), { store: ringCookieStore({ key }) });
    const visitor = createVisitor(app);
    await visitor.send("GET", "/");
    await visitor.send("GET", "/");
    assert.equal(warning.callCount(), 1);
    assert.match(String(warning.calls[0]?.arguments[0]), /cannot keep timeout\.idle.*idleStamp: true.*idle: false/);
  });

  test("the store does not warn with idle: false, and the absolute limit holds", async (t) => {
    const { mock: warning } = t.mock.method(console, "warn", () => undefined);
    const clock = fakeClock();
    const app = wrapSession(
      ({ session, method }) => (method === "POST" ? { session: ADA } : { body: JSON.stringify(session) }),
      { store: ringCookieStore({ key }), timeout: { idle: false, absolute: 100 }, now: clock.now },
    );
    const visitor = createVisitor(app);
    await visitor.send("POST", "/");
    clock.advance(100);
    assert.equal((await visitor.send("GET", "/")).body, '{"user":"Ada"}');
    clock.advance(1);
    assert.equal((await visitor.send("GET", "/")).body, "{}");
    assert.equal(warning.callCount(), 0);
  });
});

describe("with a stamp", () => {
  const store = ringCookieStore({ key, idleStamp: true });
  const plain = ringCookieStore({ key });

  test("the stamp is Ring's, and handlers do not see it", async () => {
    const sealed = await store.writeSession(undefined, ADA, at(1, { ttl: 600 }));
    assert.deepEqual(await plain.readSession(sealed, at(1)), { user: "Ada", [STAMP]: 1_700_000_601 });
    assert.deepEqual(await store.readSession(sealed, at(601_000)), ADA);
    const facts: StoreFact[] = [];
    assert.equal(await store.readSession(sealed, at(601_001, { report: (fact) => facts.push(fact) })), undefined);
    assert.deepEqual(facts, ["expired"]);
  });

  test("a session that Ring has not stamped is stamped by the first response", async () => {
    const sealed = await plain.writeSession(undefined, ADA, at(0));
    const session = (await store.readSession(sealed, at(0))) as SessionData;
    assert.deepEqual(session, ADA);
    const fresh = (await store.renewSession(sealed, session, at(0, { ttl: 600 }))) ?? "";
    assert.deepEqual(await plain.readSession(fresh, at(0)), { user: "Ada", [STAMP]: 1_700_000_600 });
  });

  test("a cookie is renewed once a tenth of the idle time, or of its Max-Age, has passed", async () => {
    const sealed = await store.writeSession(undefined, ADA, at(0, { ttl: 600 }));
    const due = async (seconds: number, maxAge?: number): Promise<boolean> => {
      const session = (await store.readSession(sealed, at(0))) as SessionData;
      return (await store.renewSession(sealed, session, at(seconds * 1000, { ttl: 600, maxAge }))) !== undefined;
    };
    assert.deepEqual(await Promise.all([due(59), due(60), due(9, 100), due(10, 100)]), [false, true, false, true]);
  });
});

test("a flash is stored under Ring's own key", async () => {
  const app = wrapSession(
    wrapFlash(() => ({ flash: { info: "Saved" } })),
    { store: ringCookieStore({ key, idleStamp: true }) },
  );
  const visitor = createVisitor(app);
  await visitor.send("GET", "/");
  const sealed = decodeURIComponent(visitor.jar.get("ring-session") ?? "");
  const session = (await ringCookieStore({ key }).readSession(sealed, at(0))) as SessionData;
  assert.deepEqual(session["_flash"], { info: "Saved" });
});

test("a session of Ring is plain data: it moves to another store and back unchanged", async () => {
  const text = '{:roles #{:admin}, :when #inst "2020-01-02T03:04:05.678-00:00", :n 1N, :r 1/3, "k" [1.0 \\a]}';
  const session = (await ringCookieStore({ key }).readSession(
    sealRing(ringKey("key", key), text),
    at(0),
  )) as SessionData;
  const memory = memoryStore();
  const id = await memory.writeSession(undefined, session, at(0));
  const back = (await memory.readSession(id, at(0))) as SessionData;
  assert.deepEqual(back, session);
  const iv = new Uint8Array(16);
  const again = await ringCookieStore({ key }).writeSession(undefined, back, at(0));
  assert.deepEqual(await ringCookieStore({ key }).readSession(again, at(0)), session);
  assert.notEqual(sealRing(ringKey("key", key), text, iv), again);
});

test("ednCodec in another store carries values that JSON cannot", async () => {
  const session = { roles: { $set: [{ $keyword: "admin" }] }, n: Infinity };
  const memory = memoryStore({ codec: ednCodec });
  const id = await memory.writeSession(undefined, session, at(0));
  assert.deepEqual(await memory.readSession(id, at(0)), session);
  for (const text of ["", "nil", "[1]", "{:a", '{"user":"Ada"}x'.slice(0, 8)]) {
    assert.throws(() => ednCodec.decode(text), /^TypeError: stored session is not a map of EDN$/);
  }
  assert.throws(() => ednCodec.encode({ when: new Date(0) }), SessionDataError);
});

describe("wrong options throw when the store is built", () => {
  const wrong: readonly (readonly [options: unknown, message: RegExp])[] = [
    [{}, /^ringCookieStore: key must be 16 bytes, or text that is 16 bytes, got undefined/],
    [{ key: undefined }, /got undefined/],
    [{ key: "BuD3KgDAXhDhrJX" }, /^ringCookieStore: key must be 16 bytes, as Ring's is, got 15$/],
    [{ key: "30313233343536373839616263646566" }, /got 32; if it is hex or base64, decode it first/],
    [{ key: new Uint8Array(32) }, /got 32$/],
    [{ key: 16 }, /got a number/],
    [{ keys: [] }, /at least one key/],
    [{ keys: key }, /keys must be a list, got text/],
    [{ keys: [key, "short"] }, /^ringCookieStore: keys\[1\] must be 16 bytes, as Ring's is, got 5$/],
    [{ key, keys: [key] }, /not both/],
    [{ key, idelStamp: true }, /unknown option "idelStamp"; did you mean "idleStamp"\?/],
    [{ key, idleStamp: 600 }, /idleStamp must be true or false, got a number/],
    [undefined, /options must be an object/],
  ];
  for (const [options, message] of wrong) {
    test(String(message), () => {
      assert.throws(
        () => ringCookieStore(options as RingCookieStoreOptions),
        (error) => error instanceof TypeError && message.test(error.message),
      );
    });
  }

  test("a key of eight characters can have sixteen bytes", () => {
    assert.ok(ringCookieStore({ key: "éééééééé" }));
  });
});
