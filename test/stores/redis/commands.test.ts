import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Redis } from "ioredis";
import { createClient } from "redis";

import { handleOf } from "../../../src/crypto/session-key.ts";
import { revokeSessions } from "../../../src/principals.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { redisStore, type RedisClient } from "../../../src/stores/redis/redis.ts";
import { createVisitor } from "../../../src/testing/testing.ts";
import type { SessionOptions, SessionResponse } from "../../../src/types.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";
import { connectRedis, type RedisTestClient } from "../../support/servers/redis-clock.ts";
import { withIfeq } from "../../support/servers/redis-ifeq.ts";

interface App {
  readonly user?: string;
  readonly n?: number;
}

/** The response to each path. */
const responses: Readonly<Record<string, SessionResponse<App>>> = {
  "/": {},
  "/same": { session: { user: "ada", n: 1 } },
  "/set": { session: { user: "ada", n: 2 } },
  "/count": { session: (current) => ({ ...current, n: (current.n ?? 0) + 1 }) },
  "/login": { session: { user: "ada", n: 1 }, sessionRecreate: true },
  "/renew": { sessionRecreate: true },
  "/logout": { session: null },
};

type Counts = Record<string, number>;

/** Scripts, as the server's statistics count them: the script itself and the commands in it. */
const swap: Counts = { evalsha: 1, get: 1, set: 1 };
const take: Counts = { evalsha: 1, get: 1, del: 1 };
const push: Counts = { evalsha: 1, pttl: 1, time: 1, zadd: 1, pexpire: 1, zcard: 1 };
const updates: Readonly<Record<string, Counts>> = {
  "node-redis": swap,
  ioredis: swap,
  "node-redis, with IFEQ": { eval: 1, get: 1, set: 1 },
};

describe("commands per request", { skip: withoutRedis }, () => {
  let server: RedisServer;
  let admin: RedisTestClient;
  let disconnect = (): void => undefined;
  const clients: Record<string, RedisClient> = {};

  before(async () => {
    server = await startRedis();
    admin = await connectRedis(server.port);
    const nodeRedis = createClient({ socket: { host: "127.0.0.1", port: server.port } });
    await nodeRedis.connect();
    const ioredis = new Redis(server.port, "127.0.0.1");
    Object.assign(clients, { "node-redis": nodeRedis, ioredis, "node-redis, with IFEQ": withIfeq(nodeRedis) });
    disconnect = () => {
      nodeRedis.destroy();
      ioredis.disconnect();
      admin.destroy();
    };
  });

  after(async () => {
    disconnect();
    await server.end();
  });

  /** Counts the commands that the server runs while `work` runs. */
  const counted = async (work: () => Promise<unknown>): Promise<Counts> => {
    await admin.sendCommand(["CONFIG", "RESETSTAT"]);
    await work();
    const calls = new Map<string, number>();
    for (const line of String(await admin.sendCommand(["INFO", "commandstats"])).split("\r\n")) {
      const [, name, count] = /^cmdstat_([^:]+):calls=(\d+)/.exec(line) ?? [];
      if (name !== undefined) calls.set(name, Number(count));
    }
    for (const own of ["config|resetstat", "info"]) calls.delete(own);
    return Object.fromEntries(calls);
  };

  /** Starts a visitor who has a session. By then scripts are loaded, and the client knows whether there is IFEQ. */
  const visiting = async (name: string, options: SessionOptions<App> = {}) => {
    const client = clients[name];
    assert.ok(client);
    const store = redisStore(client);
    const visitor = createVisitor(wrapSession(({ uri }) => ({ ...responses[uri] }), { store, ...options }));
    for (const path of ["/login", "/count", "/logout", "/login", "/login"]) await visitor.send("GET", path);
    await revokeSessions(store, "nobody", { handle: handleOf("none") });
    return { store, send: async (path: string) => counted(async () => visitor.send("GET", path)), visitor };
  };

  for (const [name, update] of Object.entries(updates)) {
    test(`${name}: none without a cookie, one to read, one more to change`, async () => {
      const { send, visitor } = await visiting(name);
      assert.deepEqual(await send("/"), { getex: 1 });
      assert.deepEqual(await send("/same"), { getex: 1 });
      assert.deepEqual(await send("/set"), sum({ getex: 1 }, update));
      assert.deepEqual(await send("/count"), sum({ getex: 1 }, update));
      assert.deepEqual(await send("/login"), sum({ getex: 1, set: 1 }, take));
      assert.deepEqual(await send("/renew"), sum({ getex: 1, set: 1 }, update, take));
      assert.deepEqual(await send("/logout"), { getex: 1, del: 1 });
      visitor.jar.clear();
      assert.deepEqual(await send("/"), {});
      assert.deepEqual(await send("/logout"), {});
      assert.deepEqual(await send("/login"), { set: 1 });
    });

    test(`${name}: with a principal, one more to add to the list, and one more to remove from it`, async () => {
      const { send, store } = await visiting(name, { principal: ({ user }) => user });
      assert.deepEqual(await send("/"), { getex: 1 });
      assert.deepEqual(await send("/count"), sum({ getex: 1 }, update));
      assert.deepEqual(await send("/login"), sum({ getex: 1, set: 1, zrem: 1 }, push, take));
      assert.deepEqual(await send("/logout"), { getex: 1, del: 1, zrem: 1 });
      assert.deepEqual(await send("/login"), sum({ set: 1 }, push));
      assert.deepEqual(await counted(async () => revokeSessions(store, "ada")), sum({ zrange: 1, zrem: 1 }, take));
      assert.deepEqual(await send("/"), { getex: 1 });
    });
  }

  test("a read without an idle time does not restart the clock", async () => {
    const { send } = await visiting("node-redis", { timeout: { idle: false, absolute: 3600 } });
    assert.deepEqual(await send("/"), { get: 1 });
    assert.deepEqual(await send("/count"), sum({ get: 1 }, swap));
  });

  test("renewing a cookie with a Max-Age is one command, and only when it is due", async () => {
    let now = 1_700_000_000_000;
    const { send, visitor } = await visiting("node-redis", { cookieAttrs: { maxAge: 1000 }, now: () => now });
    const key = visitor.jar.get("ring-session");
    now += 99_000;
    assert.deepEqual(await send("/"), { getex: 1 });
    now += 2000;
    const response = await visitor.send("GET", "/");
    assert.match(String(response.headers?.["set-cookie"]), new RegExp(`^ring-session=${key};.*Max-Age=1000`));
    assert.deepEqual(await send("/"), { getex: 1 });
    now += 101_000;
    assert.deepEqual(await send("/"), sum({ getex: 1 }, swap));
    now += 101_000;
    // The renewal finds the changed session, not the one that was read, and so compares twice.
    assert.deepEqual(await send("/set"), sum({ getex: 1 }, swap, { evalsha: 1, get: 1 }, swap));
  });
});

/** Adds up the counts of several commands and scripts. */
function sum(...all: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
