import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";

import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";

import { handleOf } from "../../../src/crypto/session-key.ts";
import {
  redisStore,
  type NodeRedisClient,
  type RedisClient,
  type RedisStore,
} from "../../../src/stores/redis/redis.ts";
import type { SessionData, SessionStore, StoreContext } from "../../../src/types.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";
import { withIfeq } from "../../support/servers/redis-ifeq.ts";

const context: StoreContext = { now: 1_700_000_000_000, ttl: 600, idle: 600, cookieName: "ring-session" };
const increment = (current: SessionData): SessionData => ({ ...current, n: Number(current["n"] ?? 0) + 1 });

/** Checks that the types of real clients fit. It is compiled, and never called. */
export function fitting(): readonly RedisStore[] {
  return [
    redisStore(createClient()),
    redisStore(createClient({ RESP: 2, commandOptions: { timeout: 100 } })),
    redisStore(createClient().withCommandOptions({})),
    redisStore(createClientPool()),
    redisStore(createCluster({ rootNodes: [] })),
    redisStore(createSentinel({ name: "main", sentinelRootNodes: [] })),
    redisStore(new Redis()),
    redisStore(new Cluster([])),
    // @ts-expect-error a promise of a client is not a client
    redisStore(createClient().connect()),
    // @ts-expect-error there is no such option
    redisStore(new Redis(), { keyPrefix: "a:" }),
    // @ts-expect-error close exists only on a store that made its own connection
    redisStore(new Redis()).close(),
  ];
}

describe("redisStore", { skip: withoutRedis }, () => {
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;
  let store: RedisStore;

  before(async () => {
    server = await startRedis(["--requirepass", "s3cret"]);
    client = createClient({ url: `redis://:s3cret@127.0.0.1:${server.port}` });
    await client.connect();
    store = redisStore(client);
  });

  after(async () => {
    client.destroy();
    await server.end();
  });

  test("a session is stored under the SHA-256 of its key, with no other Redis key", async () => {
    await client.flushAll();
    const key = await store.writeSession(undefined, { user: "Ada" }, context);
    await store.updateSession(key, increment, undefined, context);
    assert.deepEqual(await client.keys("*"), [`ringlet:${handleOf(key)}`]);
    assert.ok(!String(await client.get(`ringlet:${handleOf(key)}`)).includes(key));
    const own = redisStore(client, { prefix: "{shop}:" });
    const other = await own.writeSession(undefined, {}, { ...context, principal: "ada" });
    const keys = await client.keys("{shop}:*");
    assert.deepEqual(keys.toSorted(), [`{shop}:${handleOf(other)}`, "{shop}:principal:ada"].toSorted());
    assert.equal(await store.readSession(other, context), undefined);
  });

  test("a session without metadata is stored as an empty line and its text", async () => {
    const key = await store.writeSession(undefined, { a: 1 }, context);
    assert.equal(await client.get(`ringlet:${handleOf(key)}`), '\n{"a":1}');
  });

  for (const [name, wrap] of [
    ["by a script", (raw: RedisClient) => raw],
    ["by SET with IFEQ", () => withIfeq(client)],
  ] as const) {
    test(`a thousand increments at once add up to a thousand, ${name}`, async () => {
      const stores = [redisStore(wrap(client)), redisStore(wrap(client)), redisStore(wrap(client))];
      const key = await store.writeSession(undefined, {}, context);
      await Promise.all(
        Array.from({ length: 1000 }, async (_, n) => stores[n % 3]?.updateSession(key, increment, undefined, context)),
      );
      assert.deepEqual(await store.readSession(key, context), { n: 1000 });
    });

    test(`an update of a changed session runs again, one of a deleted session reports "gone", ${name}`, async () => {
      const tested = redisStore(wrap(client));
      const facts: string[] = [];
      const reporting = { ...context, report: (fact: string) => facts.push(fact) };
      const key = await tested.writeSession(undefined, { n: 1 }, context);
      const seen = await tested.readSession(key, context);
      await redisStore(client).updateSession(key, increment, undefined, context);
      assert.equal(await tested.updateSession(key, increment, seen, context), key);
      assert.deepEqual(await tested.readSession(key, context), { n: 3 });
      const last = await tested.readSession(key, context);
      await tested.deleteSession(key, context);
      assert.equal(await tested.updateSession(key, increment, last, reporting), undefined);
      assert.equal(await tested.updateSession(key, () => null, last, reporting), undefined);
      assert.deepEqual(facts, ["gone", "gone"]);
      assert.equal(await tested.readSession(key, context), undefined);
    });
  }

  test("a change that a client sends twice happens once", async () => {
    const raw: NodeRedisClient = client;
    const sending: NodeRedisClient = {
      isOpen: true,
      isReady: true,
      async sendCommand(command, options) {
        await raw.sendCommand(command, options).catch(() => undefined);
        return raw.sendCommand(command, options);
      },
    };
    const twice = redisStore(sending);
    const key = await twice.writeSession(undefined, {}, context);
    for (let n = 1; n <= 3; n++) {
      const seen = await twice.readSession(key, context);
      assert.equal(await twice.updateSession(key, increment, seen, context), key);
      assert.deepEqual(await twice.readSession(key, context), { n });
    }
  });

  test("a value changed away and back does not count as unchanged", async () => {
    const key = await store.writeSession(undefined, { a: 1 }, context);
    await store.updateSession(key, () => ({ a: 2 }), undefined, context);
    const seen = await store.readSession(key, context);
    await store.updateSession(key, () => ({ a: 3 }), undefined, context);
    await store.updateSession(key, () => ({ a: 2 }), undefined, context);
    let runs = 0;
    const update = (current: SessionData): SessionData => ({ ...current, runs: ++runs });
    await redisStore(client).updateSession(key, update, seen, context);
    await store.updateSession(key, update, seen, context);
    assert.deepEqual(await store.readSession(key, context), { a: 2, runs: 3 });
  });

  test("renewing a cookie leaves the end of a session alone if there is no idle time", async () => {
    const key = await store.writeSession(undefined, { a: 1 }, context);
    const reading = { ...context, ttl: undefined, idle: undefined, maxAge: 1000 };
    const session = await store.readSession(key, reading);
    assert.ok(session);
    assert.equal(await store.renewSession(key, session, reading), key);
    assert.ok((await client.pTTL(`ringlet:${handleOf(key)}`)) > 0);
    assert.equal(await store.renewSession(key, session, reading), undefined);
    await store.deleteSession(key, context);
    assert.equal(await store.renewSession(key, session, reading), undefined);
  });

  test("no error has a session, a key or a password in it", async () => {
    const ioredis = new Redis({ port: server.port, host: "127.0.0.1", password: "s3cret" });
    const onIoredis = redisStore(ioredis);
    const key = await onIoredis.writeSession(undefined, { secret: "of the session" }, context);
    const seen = await Promise.all([onIoredis, store].map(async (each) => each.readSession(key, context)));
    await client.del(`ringlet:${handleOf(key)}`);
    await client.lPush(`ringlet:${handleOf(key)}`, "no text");
    for (const [position, each] of [onIoredis, store].entries()) {
      for (const call of [
        async () => each.readSession(key, context),
        async () => each.updateSession(key, () => ({ secret: "of the session" }), seen[position], context),
      ]) {
        const error = await failureOf(call);
        assert.match(inspect(error, { depth: 9, showHidden: true }), /WRONGTYPE/);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /of the session|s3cret/);
        assert.ok(!inspect(error, { depth: 9 }).includes(key));
      }
    }
    ioredis.disconnect();
  });

  test("takes over sessions from a store with plain keys, until a date", async () => {
    const plain: SessionStore = {
      async readSession(key) {
        const text = await client.get(`sess:${key}`);
        return text === null ? undefined : (JSON.parse(text) as SessionData);
      },
      async writeSession() {
        throw new Error("nothing is written there any more");
      },
      async deleteSession(key) {
        await client.del(`sess:${key}`);
      },
    };
    const until = new Date(context.now + 1000);
    const moving = redisStore(client, { prefix: "new:", migrate: { from: plain, until } });
    for (const key of ["one", "two", "three"]) await client.set(`sess:${key}`, '{"user":"Ada"}');
    const seen = await moving.readSession("one", context);
    assert.deepEqual(seen, { user: "Ada" });
    assert.equal(await client.exists("sess:one"), 0);
    assert.ok((await client.pTTL(`new:${handleOf("one")}`)) > 590_000);
    assert.equal(await moving.updateSession("one", increment, seen, context), "one");
    assert.deepEqual(await moving.readSession("one", context), { user: "Ada", n: 1 });
    await moving.deleteSession("two", context);
    assert.equal(await moving.readSession("two", context), undefined);
    assert.equal(await moving.readSession("three", { ...context, now: until.getTime() }), undefined);
  });

  test("makes its own connection, from parts or a URL, and closes it", async () => {
    const { port } = server;
    const place = { host: "127.0.0.1", port, password: "s3cret", database: 3 };
    for (const connection of [
      place,
      { ...place, username: "default", pool: 3 },
      { url: `redis://:s3cret@127.0.0.1:${port}/3` },
    ]) {
      const own = redisStore(connection);
      const keys = await Promise.all(
        Array.from({ length: 9 }, async (_, n) => own.writeSession(undefined, { n }, context)),
      );
      await client.select(3);
      for (const key of keys) assert.equal(await client.exists(`ringlet:${handleOf(key)}`), 1);
      await client.select(0);
      await own.close();
      await own.close();
      await assert.rejects(async () => own.readSession("any", context), /the store is closed/);
    }
    await redisStore(place).close();
  });

  test("a connection that is refused fails at once, with the reason", async () => {
    for (const [connection, reason] of [
      [{ host: "127.0.0.1", port: server.port, password: "wr0ng" }, /WRONGPASS/],
      [{ host: "127.0.0.1", port: 1 }, /ECONNREFUSED/],
    ] as const) {
      const own = redisStore(connection);
      for (let count = 0; count < 3; count++) {
        const error = await failureOf(async () => own.readSession("any", context));
        assert.match(inspect(error), reason);
        assert.doesNotMatch(inspect(error, { depth: 9 }), /wr0ng/);
      }
      await own.close();
    }
  });
});

async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}
