import assert from "node:assert/strict";
import { test } from "node:test";

import { sendBy } from "../../../src/stores/redis/client.ts";
import { redisStore } from "../../../src/stores/redis/redis.ts";
import type { StoreContext } from "../../../src/types.ts";

const context: StoreContext = { now: 0, ttl: 600, cookieName: "ring-session" };
const nothing = async (): Promise<void> => undefined;

/** `redisStore` without types, to make mistakes that the compiler would find. */
const unchecked = redisStore as (...given: unknown[]) => unknown;

test("a value that is not a client is refused when the store is built, with the cure", () => {
  const refused: readonly [unknown, RegExp][] = [
    [undefined, /client must be .*, got undefined/],
    [null, /got null/],
    ["redis://:s3cret@localhost", /got text; for a URL write \{ url \}/],
    [Promise.resolve({}), /got a Promise; await it first/],
    [{ sendCommand: nothing }, /got an object with other functions/],
    [new Map(), /got a Map/],
    [{ call: nothing }, /got an object with other functions/],
  ];
  for (const [client, message] of refused) {
    assert.throws(
      () => unchecked(client),
      (error) => error instanceof TypeError && message.test(error.message),
    );
    assert.throws(
      () => unchecked(client),
      (error) => !String(error).includes("s3cret"),
    );
  }
});

test("options are checked when the store is built", () => {
  const client = { isOpen: true, isReady: true, sendCommand: nothing };
  const refused: readonly [unknown, RegExp][] = [
    [null, /redisStore: options must be an object, got null/],
    [{ prefxi: "a" }, /redisStore: unknown option "prefxi"; did you mean "prefix"\?/],
    [{ prefix: "" }, /redisStore: prefix must be text of at least one character, got ""/],
    [{ prefix: 1 }, /redisStore: prefix must be text of at least one character, got 1/],
    [{ codec: {} }, /redisStore: codec must be/],
    [{ migrate: { from: {}, until: new Date() } }, /redisStore: migrate.from must be a session store/],
  ];
  for (const [options, message] of refused) assert.throws(() => unchecked(client, options), message);
});

test("each kind of client is sent commands in its own way", async () => {
  const sent: unknown[] = [];
  const note = async (...args: unknown[]): Promise<string> => {
    sent.push(args.filter((arg) => typeof arg !== "object" || Array.isArray(arg)));
    return "reply";
  };
  const single = { isOpen: true, isReady: true, sendCommand: note };
  const clients = [
    single,
    { ...single, acquire: nothing, use: nothing },
    { isOpen: true, masters: [], nodeClient: nothing, sendCommand: note },
    { isOpen: true, totalClients: 1, execute: (task: (client: object) => unknown) => task(single), sendCommand: note },
    { status: "ready", call: note, once: nothing, connect: nothing, sendCommand: nothing },
  ];
  for (const client of clients) assert.equal(await sendBy(client)("key", ["GET", "key"], context), "reply");
  const command = ["GET", "key"];
  assert.deepEqual(sent, [[command], [false, command], ["key", false, command], [command], ["GET", ["key"]]]);
});

test("with a client that is not connected, the error says so", async () => {
  const closed = { isOpen: false, isReady: false, sendCommand: nothing };
  const pool = { isOpen: false, totalClients: 0, execute: nothing, sendCommand: nothing };
  const cluster = { isOpen: false, masters: [], nodeClient: nothing, sendCommand: nothing };
  for (const client of [closed, pool, cluster]) {
    await assert.rejects(async () => sendBy(client)("key", ["GET", "key"], context), /await client\.connect\(\)/);
  }
});
