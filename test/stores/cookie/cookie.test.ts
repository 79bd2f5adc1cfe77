import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import { CookieError, SessionDataError } from "../../../src/errors.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { cookieStore, generateKey } from "../../../src/stores/cookie/cookie.ts";
import { createVisitor, fakeClock, storeLaws, type CookieJar, type FakeClock } from "../../../src/testing/testing.ts";
import type {
  Response,
  SessionCodec,
  SessionData,
  SessionEvent,
  SessionOptions,
  SessionResponse,
  StoreContext,
} from "../../../src/types.ts";

const key = generateKey();
const ADA = { user: "Ada" };

/** Makes a context, so many milliseconds after the start. The idle time is 1000 seconds. */
function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: 1_700_000_000_000 + milliseconds, ttl: 1000, cookieName: "ring-session", ...more };
}

describe("the laws", () => {
  for (const law of storeLaws) {
    test(law.name, async (t) => {
      if ((await law.check(() => cookieStore({ key }))) === "does not apply") t.skip("not for a sealed cookie");
    });
  }
});

describe("a sealed cookie", () => {
  test("shows nothing of the session", async () => {
    const sealed = await cookieStore({ key }).writeSession(undefined, ADA, at(0));
    assert.match(sealed, /^[\w-]+$/);
    assert.ok(!Buffer.from(sealed, "base64url").includes("Ada"));
  });

  test("is read by a store with the same key, and by no other", async () => {
    const sealed = await cookieStore({ key }).writeSession(undefined, ADA, at(0));
    assert.deepEqual(await cookieStore({ key: Buffer.from(key, "base64url") }).readSession(sealed, at(0)), ADA);
    assert.equal(await cookieStore({ key: generateKey() }).readSession(sealed, at(0)), undefined);
  });

  test("is no session under another cookie's name", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0, { cookieName: "visitor" }));
    assert.deepEqual(await store.readSession(sealed, at(0, { cookieName: "visitor" })), ADA);
    assert.equal(await store.readSession(sealed, at(0, { cookieName: "admin" })), undefined);
  });

  test("is no session once it is changed, without an error or an event", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0));
    const report = (fact: string): never => assert.fail(fact);
    for (const changed of [sealed.slice(1), sealed.slice(0, -1), `${sealed}=`, sealed.toLowerCase(), ` ${sealed}`]) {
      assert.equal(await store.readSession(changed, at(2_000_000, { report })), undefined);
    }
  });

  test("with any other text is no session, and no error", async () => {
    const store = cookieStore({ keys: [key, generateKey()] });
    const garbage = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        assert.equal(await store.readSession(text, at(0)), undefined);
        assert.equal(await store.deleteSession(text, at(0)), undefined);
        assert.equal(await store.renewSession(text, {}, at(0)), undefined);
      }),
      { numRuns: 500 },
    );
  });

  test("that is authentic, but refused by the codec, is no session and no error", async () => {
    const broken: readonly SessionCodec["decode"][] = [
      () => assert.fail("this codec reads nothing"),
      ...[null, undefined, [], "text", 1, new Map()].map((value) => () => value as unknown as SessionData),
    ];
    const sealed = await cookieStore({ keys: [key] }).writeSession(undefined, ADA, at(0));
    const report = (fact: string): never => assert.fail(fact);
    for (const decode of broken) {
      const store = cookieStore({ keys: [generateKey(), key], codec: { encode: JSON.stringify, decode } });
      assert.equal(await store.readSession(sealed, at(0, { report })), undefined);
    }
  });

  test("carries any value that its codec can", async () => {
    const codec: SessionCodec = {
      encode: (session) => String((session["when"] as Date).getTime()),
      decode: (text) => ({ when: new Date(Number(text)) }),
    };
    const store = cookieStore({ key, codec });
    const sealed = await store.writeSession(undefined, { when: new Date(42) }, at(0));
    assert.deepEqual(await store.readSession(sealed, at(0)), { when: new Date(42) });
  });

  test("refuses a value that JSON cannot carry, with its path", () => {
    assert.throws(
      () => cookieStore({ key }).writeSession(undefined, { cart: { items: [{ when: new Date() }] } }, at(0)),
      (error) => error instanceof SessionDataError && error.message.startsWith("session.cart.items[0].when is a Date;"),
    );
  });
});

describe("the end of a sealed cookie", () => {
  test("is inside the seal, to the millisecond", async () => {
    const store = cookieStore({ key });
    const facts: string[] = [];
    const never: Partial<StoreContext> = { ttl: undefined, report: (fact) => facts.push(fact) };
    const sealed = await store.writeSession(undefined, ADA, at(0));
    assert.deepEqual(await store.readSession(sealed, at(1_000_000, never)), ADA);
    assert.deepEqual(facts, []);
    assert.equal(await store.readSession(sealed, at(1_000_001, never)), undefined);
    assert.deepEqual(facts, ["expired"]);
  });

  test("comes sooner once the option idle is shorter", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0));
    assert.deepEqual(await store.readSession(sealed, at(60_000, { ttl: 60 })), ADA);
    assert.equal(await store.readSession(sealed, at(60_001, { ttl: 60 })), undefined);
    const renewed = await renewal(store, sealed, at(50_000, { ttl: 60 }));
    assert.deepEqual(await store.readSession(renewed ?? "", at(110_000, { ttl: 60 })), ADA);
  });

  test("moves with the first request once the option idle is longer, or false", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0));
    for (const ttl of [2000, undefined]) {
      const renewed = await renewal(store, sealed, at(1000, { ttl }));
      assert.deepEqual(await store.readSession(renewed ?? "", at(2_000_000, { ttl: undefined })), ADA);
    }
  });

  test("is at the absolute limit at the latest, however busy the visitor is", async () => {
    const { clock, send } = visiting({ timeout: { idle: 600, absolute: 3600 } });
    await send({ session: ADA });
    for (let minute = 1; minute <= 60; minute++) {
      clock.advance(60);
      assert.deepEqual((await send()).seen, ADA, `minute ${minute}`);
    }
    clock.advance(0.001);
    assert.deepEqual((await send()).seen, {});
  });

  test("is not at a log-out for a copy; only the absolute limit ends a copy that is used", async () => {
    const { clock, jar, send, app } = visiting({ timeout: { idle: 600, absolute: 3600 } });
    await send({ session: ADA });
    const [unused, used] = [createVisitor(app, clock.now), createVisitor(app, clock.now)];
    for (const thief of [unused, used]) thief.jar.take({ headers: { "set-cookie": jar.header() } });
    const { setCookie } = await send({ session: null });
    assert.match(setCookie ?? "", /^ring-session=; .*Max-Age=0/);
    assert.equal(jar.header(), undefined);
    for (let request = 0; request < 6; request++) {
      clock.advance(600);
      assert.equal((await used.send("GET", "/")).body, JSON.stringify(ADA), `request ${request}`);
    }
    assert.equal((await unused.send("GET", "/")).body, "{}");
    clock.advance(0.001);
    assert.equal((await used.send("GET", "/")).body, "{}");
  });
});

describe("sealing again", () => {
  test("is due after a tenth of the idle time, on the millisecond", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0));
    assert.equal(await renewal(store, sealed, at(99_999)), undefined);
    const renewed = await renewal(store, sealed, at(100_000));
    assert.deepEqual(await store.readSession(renewed ?? "", at(1_100_000)), ADA);
    assert.equal(await store.readSession(renewed ?? "", at(1_100_001)), undefined);
  });

  test("happens 20 times in an hour of requests every 10 seconds, with an idle time of 30 minutes", async () => {
    const { clock, send } = visiting({});
    await send({ session: ADA });
    let cookies = 0;
    for (let request = 0; request < 360; request++) {
      clock.advance(10);
      const { seen, setCookie } = await send();
      assert.deepEqual(seen, ADA);
      if (setCookie !== undefined) cookies++;
    }
    assert.equal(cookies, 20);
  });

  test("happens once per tenth of a Max-Age, without an idle time", async () => {
    const { clock, events, send } = visiting({ timeout: { idle: false }, cookieAttrs: { maxAge: 3600 } });
    await send({ session: ADA });
    let cookies = 0;
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(60);
      const { setCookie } = await send();
      if (setCookie === undefined) continue;
      cookies++;
      assert.match(setCookie, /; Max-Age=3600;/);
    }
    assert.equal(cookies, 10);
    assert.equal(events.filter((event) => event.type === "renewed").length, 10);
  });

  test("never happens without idle time and Max-Age", async () => {
    const { clock, send } = visiting({ timeout: { idle: false } });
    await send({ session: ADA });
    clock.advance(10 * 365 * 86_400);
    const { seen, setCookie } = await send();
    assert.deepEqual([seen, setCookie], [ADA, undefined]);
  });

  test("does not happen to a session that this store has not read", async () => {
    const store = cookieStore({ key });
    const sealed = await store.writeSession(undefined, ADA, at(0));
    assert.equal(await store.renewSession(sealed, ADA, at(500_000)), undefined);
  });
});

describe("keys", () => {
  const [old, fresh] = [generateKey(), generateKey()];

  test("the first one seals, all of them open", async () => {
    const both = cookieStore({ keys: [fresh, old] });
    const sealed = await both.writeSession(undefined, ADA, at(0));
    assert.deepEqual(await cookieStore({ key: fresh }).readSession(sealed, at(0)), ADA);
    assert.equal(await cookieStore({ key: old }).readSession(sealed, at(0)), undefined);
    const earlier = await cookieStore({ key: old }).writeSession(undefined, ADA, at(0));
    assert.deepEqual(await both.readSession(earlier, at(0)), ADA);
  });

  test("a cookie that an old key opened is reported, and sealed once with the new key", async () => {
    const { clock, events, jar, send } = visiting({ store: cookieStore({ key: old }) });
    await send({ session: ADA });
    const between = visiting({ store: cookieStore({ keys: [fresh, old] }), jar, clock });
    const first = await between.send();
    assert.deepEqual(first.seen, ADA);
    assert.notEqual(first.setCookie, undefined);
    assert.deepEqual(typesOf(between.events), ["old-key", "read", "renewed"]);
    const second = await between.send();
    assert.deepEqual([second.seen, second.setCookie], [ADA, undefined]);
    assert.deepEqual(typesOf(between.events).slice(3), ["read"]);
    const after = visiting({ store: cookieStore({ key: fresh }), jar: between.jar, clock });
    assert.deepEqual((await after.send()).seen, ADA);
    assert.deepEqual(typesOf(events), ["created"]);
  });

  test("generateKey makes 43 random characters of base64url", () => {
    const keys = Array.from({ length: 100 }, generateKey);
    for (const each of keys) {
      assert.match(each, /^[\w-]{43}$/);
      assert.equal(Buffer.from(each, "base64url").toString("base64url"), each);
    }
    assert.equal(new Set(keys).size, 100);
  });

  test("are random for the process if none is given, with one warning", async (t) => {
    const warn = t.mock.method(console, "warn", () => undefined);
    const [one, other] = [cookieStore(), cookieStore({})];
    const sealed = await one.writeSession(undefined, ADA, at(0));
    assert.deepEqual(await other.readSession(sealed, at(0)), ADA);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /cookieStore has no key .* generateKey\(\)/);
  });

  test("that are undefined, or have white space around them, are refused: they would be another key", () => {
    assert.throws(
      () => cookieStore({ key: undefined } as never),
      /cookieStore: key is undefined; set it, or leave it out/,
    );
    assert.throws(() => cookieStore({ keys: undefined } as never), /cookieStore: keys is undefined/);
    for (const key of [`${generateKey()}\n`, ` ${generateKey()}`, "a passphrase of some length\t"]) {
      assert.throws(
        () => cookieStore({ keys: [generateKey(), key] }),
        /keys\[1\] must not begin or end with white space; trim it$/,
      );
    }
  });

  test("of every wrong kind are refused when the store is built, and never shown in the message", () => {
    const none = "make one with generateKey()";
    const kinds = "32 bytes, base64url text or a passphrase";
    const short = "32 bytes, base64url text of them, or a passphrase of at least 16 characters";
    const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
      [{ key: Buffer.alloc(16) }, `cookieStore: key must be 32 bytes, got 16; ${none}`],
      [{ key: new Uint8Array(33) }, `cookieStore: key must be 32 bytes, got 33; ${none}`],
      [{ key: "hunter2hunter2!" }, `cookieStore: key must be ${short}, got 15 characters; ${none}`],
      [{ key: "" }, `cookieStore: key must be ${short}, got 0 characters; ${none}`],
      [{ key: 20_251_122 }, `cookieStore: key must be ${kinds}, got a number; ${none}`],
      [{ key: null }, `cookieStore: key must be ${kinds}, got null; ${none}`],
      [{ key: new ArrayBuffer(32) }, `cookieStore: key must be ${kinds}, got an ArrayBuffer; ${none}`],
      [{ keys: [key, "hunter2"] }, `cookieStore: keys[1] must be ${short}, got 7 characters; ${none}`],
      [{ keys: Object.assign([key], { length: 2 }) }, `cookieStore: keys[1] must be ${kinds}, got undefined; ${none}`],
      [{ keys: [] }, `cookieStore: keys must have at least one key, got none; ${none}`],
      [{ keys: key }, "cookieStore: keys must be a list, got text; for one key write key"],
      [{ key, keys: [key] }, "cookieStore: give key or keys, not both; the first of keys seals"],
      [{ kee: key }, 'cookieStore: unknown option "kee"; did you mean "key"?'],
      [{ key, codec: {} }, "cookieStore: codec must be { encode, decode }, two functions, got an object"],
    ];
    for (const [options, message] of wrong) {
      assert.throws(() => cookieStore(options), { name: "TypeError", message });
    }
  });
});

describe("size", () => {
  // The seal adds 45 octets, and JSON 11. Three octets are four characters.
  const longest = { text: "x".repeat(((4096 - "ring-session".length) / 4) * 3 - 45 - 11) };

  test("4096 octets of name and value pass", async () => {
    const { jar, send } = visiting({});
    await send({ session: longest });
    assert.equal("ring-session".length + (jar.get("ring-session") ?? "").length, 4096);
    assert.deepEqual((await send()).seen, longest);
  });

  test("one octet more is an error before anything is sent, and leaves the session unchanged", async () => {
    const { events, jar, send } = visiting({});
    await send({ session: ADA });
    const before = jar.header();
    await assert.rejects(send({ session: { text: `${longest.text}x` } }), (error) => {
      assert.ok(error instanceof CookieError);
      assert.match(error.message, /^cookie "ring-session": name and value are 4098 octets, .* over 4096; /);
      return true;
    });
    assert.equal(jar.header(), before);
    assert.deepEqual(typesOf(events), ["created", "read"]);
  });

  test("the name counts", () => {
    const store = cookieStore({ key });
    assert.throws(() => store.writeSession(undefined, longest, at(0, { cookieName: "ring-session2" })), CookieError);
  });
});

type Answer = Response & SessionResponse;
interface Visiting extends SessionOptions {
  /** The cookie jar of an earlier browser. */
  readonly jar?: CookieJar;
  readonly clock?: FakeClock;
}

/** Makes an application on a cookie store, and its visitor. The test chooses each answer. */
function visiting({ jar: earlier, clock = fakeClock(), ...options }: Visiting) {
  const events: SessionEvent[] = [];
  let answer: Answer = {};
  let seen: SessionData = {};
  const app = wrapSession(
    ({ session }) => {
      seen = session;
      return { body: JSON.stringify(session), ...answer };
    },
    { store: cookieStore({ key }), now: clock.now, onEvent: (event) => events.push(event), ...options },
  );
  const { jar, send } = createVisitor(app, clock.now);
  if (earlier !== undefined) jar.take({ headers: { "set-cookie": earlier.header() } });
  return {
    app,
    clock,
    events,
    jar,
    send: async (next: Answer = {}) => {
      answer = next;
      const { headers = {} } = await send("GET", "/");
      answer = {};
      return { seen, setCookie: [headers["set-cookie"] ?? []].flat()[0] };
    },
  };
}

function typesOf(events: readonly SessionEvent[]): string[] {
  return events.map(({ type }) => type);
}

async function renewal(
  store: ReturnType<typeof cookieStore>,
  sealed: string,
  context: StoreContext,
): Promise<string | undefined> {
  const session = await store.readSession(sealed, { ...context, ttl: undefined });
  assert.ok(session);
  return store.renewSession(sealed, session, context);
}
