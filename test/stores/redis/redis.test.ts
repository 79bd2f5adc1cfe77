import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { Redis } from "ioredis";
import { createClient, createClientPool } from "redis";

import { redisStore } from "../../../src/stores/redis/redis.ts";
import { storeLaws, type StoreBreakdown } from "../../../src/testing/testing.ts";
import type { SessionStore } from "../../../src/types.ts";
import { startFaultProxy, type FaultProxy } from "../../support/servers/fault-proxy.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";
import { redisClock, type RedisClock } from "../../support/servers/redis-clock.ts";

interface Connected {
  readonly store: () => SessionStore;
  readonly disconnect: () => unknown;
}

/** The ways to connect to a server, by name. Each takes the port. */
const ways: Readonly<Record<string, (port: number) => Promise<Connected>>> = {
  async "a node-redis client"(port) {
    const client = createClient({ socket: { host: "127.0.0.1", port } });
    client.on("error", () => undefined);
    await client.connect();
    return { store: () => redisStore(client), disconnect: () => client.destroy() };
  },
  async "a node-redis pool"(port) {
    const pool = createClientPool({ socket: { host: "127.0.0.1", port } }, { minimum: 2, maximum: 8 });
    pool.on("error", () => undefined);
    await pool.connect();
    return { store: () => redisStore(pool), disconnect: () => pool.destroy() };
  },
  async "an ioredis client"(port) {
    const client = new Redis(port, "127.0.0.1");
    client.on("error", () => undefined);
    return { store: () => redisStore(client), disconnect: () => client.disconnect() };
  },
};

describe("the laws", { skip: withoutRedis, concurrency: true }, () => {
  for (const [way, connect] of Object.entries(ways)) {
    describe(`by ${way}`, { concurrency: false }, () => {
      let server: RedisServer;
      let clock: RedisClock;
      let proxy: FaultProxy;
      let connected: Connected;

      before(async () => {
        server = await startRedis();
        clock = await redisClock([server.port]);
        proxy = await startFaultProxy(server.port);
        connected = await connect(proxy.port);
      });

      after(async () => {
        await connected.disconnect();
        proxy.close();
        clock.close();
        await server.end();
      });

      beforeEach(async () => reconnected(connected.store()));

      const breakDown = (how: StoreBreakdown) => {
        proxy.be(how);
        return () => {
          // End the connections that have lost octets: TCP never loses any, so no client can use them.
          proxy.be("fail");
          proxy.be("pass");
        };
      };

      for (const law of storeLaws) {
        test(law.name, async (t) => {
          const makeStore = (): SessionStore => connected.store();
          const harness = { advance: clock.advance, another: makeStore, breakDown };
          if ((await law.check(makeStore, harness)) === "does not apply") t.skip();
        });
      }
    });
  }
});

/** Waits until every connection of a client works again, after a law that has cut it off. */
async function reconnected(store: SessionStore): Promise<void> {
  for (let served = 0; served < 10;) {
    const answer = await Promise.race([isServed(store), wait(250, false)]);
    served = answer ? served + 1 : 0;
    if (!answer) await wait(20);
  }
}

async function isServed(store: SessionStore): Promise<boolean> {
  try {
    await store.readSession("none", { now: 0, ttl: undefined, cookieName: "none", signal: AbortSignal.timeout(250) });
    return true;
  } catch {
    return false;
  }
}
