import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { createClient } from "redis";

import { handleOf } from "../../../src/crypto/session-key.ts";
import { listSessions, revokeSessions } from "../../../src/principals.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { redisStore, type NodeRedisClient, type RedisStore } from "../../../src/stores/redis/redis.ts";
import { createVisitor, fakeClock } from "../../../src/testing/testing.ts";
import type { StoreContext } from "../../../src/types.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";
import { redisClock, type RedisClock } from "../../support/servers/redis-clock.ts";

const DAY = 24 * 60 * 60;
const START = 1_700_000_000_000;
let count = 0;

function at(seconds: number, principal?: string): StoreContext {
  return { now: START + seconds * 1000, ttl: 1800, idle: 1800, cookieName: "ring-session", principal };
}

function newPrincipal(): string {
  count += 1;
  return `somebody ${count}`;
}

describe("the index of principals", { skip: withoutRedis }, () => {
  let server: RedisServer;
  let clock: RedisClock;
  let client: ReturnType<typeof createClient>;
  let store: RedisStore;

  before(async () => {
    server = await startRedis();
    clock = await redisClock([server.port]);
    client = createClient({ socket: { host: "127.0.0.1", port: server.port } });
    await client.connect();
    store = redisStore(client);
  });

  after(async () => {
    client.destroy();
    clock.close();
    await server.end();
  });

  const write = async (principal: string, seconds = 0): Promise<string> =>
    store.writeSession(undefined, { a: 1 }, at(seconds, principal));
  const listed = async (principal: string, seconds = 0): Promise<string[]> =>
    (await store.listSessions(principal, at(seconds))).map(({ handle }) => handle).toSorted();
  const members = async (principal: string): Promise<string[]> =>
    client.zRange(`ringlet:principal:${principal}`, 0, -1);
  /** Makes the members of an index so old that they count as stale. */
  const age = async (principal: string): Promise<void> => {
    for (const value of await members(principal)) {
      await client.zAdd(`ringlet:principal:${principal}`, { score: 1, value });
    }
  };

  test("a log-out that fails leaves the session in its list", async () => {
    const failing: NodeRedisClient = {
      isOpen: true,
      isReady: true,
      async sendCommand(command, options) {
        if (command[0] === "DEL") throw new Error("connection lost");
        return client.sendCommand(command, options as object);
      },
    };
    const principal = newPrincipal();
    const key = await write(principal);
    await assert.rejects(async () => redisStore(failing).deleteSession(key, at(1, principal)), /connection lost/);
    assert.deepEqual(await listed(principal), [handleOf(key)]);
  });

  test("follows a session that gets a new key", async () => {
    const principal = newPrincipal();
    const handler = ({ uri }: { uri: string }) => ({ session: { user: principal }, sessionRecreate: uri === "/login" });
    const app = wrapSession(handler, { store, principal: ({ user }: { user?: string }) => user });
    const visitor = createVisitor(app);
    for (const path of ["/", "/login", "/login"]) {
      await visitor.send("GET", path);
      const key = visitor.jar.get("ring-session") ?? "";
      const sessions = await listSessions(store, principal, { current: key });
      assert.deepEqual(
        sessions.map(({ handle, current }) => [handle, current]),
        [[handleOf(key), true]],
      );
    }
    assert.equal((await members(principal)).length, 1);
  });

  test("lists a session before it is written, so that a crash between the two hides no session", async () => {
    const principal = newPrincipal();
    const broken = redisStore(interrupted(client, "SET"));
    await assert.rejects(async () => broken.writeSession(undefined, { a: 1 }, at(0, principal)), /interrupted/);
    assert.equal((await members(principal)).length, 1);
    assert.deepEqual(await listed(principal), []);
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const seen = await store.readSession(key, at(0));
    await assert.rejects(
      async () =>
        redisStore(interrupted(client, "EVALSHA", 1)).updateSession(key, () => ({ b: 2 }), seen, at(1, principal)),
      /interrupted/,
    );
    assert.ok((await members(principal)).includes(handleOf(key)));
    assert.deepEqual(await listed(principal), []);
  });

  test("keeps a recent member without a session, and drops an old one", async () => {
    const principal = newPrincipal();
    const [gone, kept] = [await write(principal), await write(principal)];
    await store.deleteSession(gone, at(1));
    assert.deepEqual(await listed(principal), [handleOf(kept)]);
    assert.equal((await members(principal)).length, 2, "it may be about to be written");
    await age(principal);
    assert.deepEqual(await listed(principal), [handleOf(kept)]);
    assert.deepEqual(await members(principal), [handleOf(kept)]);
  });

  test("stays small even if nobody ever asks for a list", async () => {
    const principal = newPrincipal();
    for (let round = 0; round < 300; round++) {
      const key = await write(principal);
      await client.del(`ringlet:${handleOf(key)}`);
      if (round % 20 === 19) await age(principal);
    }
    assert.ok((await members(principal)).length < 80, `${(await members(principal)).length} members`);
  });

  test("expires some days after the last session of a principal", async () => {
    const principal = newPrincipal();
    await write(principal);
    const life = await client.pTTL(`ringlet:principal:${principal}`);
    assert.ok(life > 2.9 * DAY * 1000 && life <= 3 * DAY * 1000, String(life));
    await clock.advance(3 * DAY + 1);
    assert.deepEqual(await members(principal), []);
  });

  test("keeps a session that is only read, at the cost of one refresh a day", async () => {
    const principal = newPrincipal();
    const day = fakeClock(START);
    const options = { store, now: day.now, principal: ({ user }: { user?: string }) => user };
    const visitor = createVisitor(
      wrapSession(({ uri }) => (uri === "/" ? {} : { session: { user: principal } }), options),
    );
    await visitor.send("GET", "/login");
    const handle = handleOf(visitor.jar.get("ring-session") ?? "");
    let pushes = 0;
    for (let read = 0; read < 240; read++) {
      day.advance(1700);
      await clock.advance(1700);
      const before = await client.get(`ringlet:${handle}`);
      await visitor.send("GET", "/");
      if ((await client.get(`ringlet:${handle}`)) !== before) pushes += 1;
      assert.ok((await client.pTTL(`ringlet:${handle}`)) > 1_700_000);
    }
    assert.equal((await listSessions(store, principal, { now: day.now })).length, 1);
    assert.equal(pushes, Math.floor((240 * 1700) / DAY));
    assert.equal(await revokeSessions(store, principal, { now: day.now }), 1);
  });

  test("expires later when the idle time grows, and never without an idle time", async () => {
    const principal = newPrincipal();
    const key = await write(principal);
    const year = { ...at(1), ttl: 365 * DAY, idle: 365 * DAY };
    assert.deepEqual(await store.readSession(key, year), { a: 1 });
    assert.ok((await client.pTTL(`ringlet:principal:${principal}`)) > 3 * 364 * DAY * 1000);
    await store.updateSession(key, () => ({ a: 2 }), undefined, {
      ...at(2, principal),
      ttl: undefined,
      idle: undefined,
    });
    assert.equal(await client.pTTL(`ringlet:principal:${principal}`), -1);
    await write(principal, 3);
    assert.equal(await client.pTTL(`ringlet:principal:${principal}`), -1);
  });

  test("a read succeeds even if the index cannot be written", async () => {
    const principal = newPrincipal();
    const key = await write(principal);
    const broken = redisStore(interrupted(client, "EVALSHA"));
    assert.deepEqual(await broken.readSession(key, { ...at(3 * DAY), ttl: 1800 }), { a: 1 });
  });

  test("computes when a session was last seen from the time it has left", async () => {
    const principal = newPrincipal();
    const key = await write(principal, 0);
    const seen = async (seconds: number): Promise<number | undefined> =>
      (await store.listSessions(principal, at(seconds)))[0]?.lastSeen;
    await clock.advance(600);
    assert.equal(Math.round(((await seen(600)) ?? 0) / 1000), START / 1000);
    await store.readSession(key, at(600));
    await clock.advance(300);
    assert.equal(Math.round(((await seen(900)) ?? 0) / 1000), START / 1000 + 600);
  });
});

/** Wraps a client so that one command fails before it is sent. `after` is how many of that name pass before. */
function interrupted(client: NodeRedisClient, name: string, after = 0): NodeRedisClient {
  let left = after;
  return {
    isOpen: true,
    isReady: true,
    async sendCommand(command, options) {
      if (command[0] === name && left-- === 0) throw new Error("interrupted");
      return client.sendCommand(command, options);
    },
  };
}
