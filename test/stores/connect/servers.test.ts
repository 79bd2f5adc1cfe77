import { createRequire } from "node:module";
import { after, before, describe, mock, test } from "node:test";

import { RedisStore } from "connect-redis";
import session from "express-session";
import pg from "pg";
import { createClient } from "redis";

import { connectStore } from "../../../src/stores/connect/connect.ts";
import { storeLaws, type StoreHarness } from "../../../src/testing/testing.ts";
import type { Awaitable } from "../../../src/types.ts";
import { startPostgres, withoutPostgres, type PostgresServer } from "../../support/servers/postgres.ts";
import { startRedis, withoutRedis, type RedisServer } from "../../support/servers/redis.ts";

const START = 1_700_000_000_000;

const require = createRequire(import.meta.url);

/** connect-pg-simple, which has no types of its own. */
const createPostgresStore = require("connect-pg-simple") as (
  connect: typeof session,
) => new (options: object) => session.Store;

/** Checks the laws on stores that tell the time from Date in this process. */
function checkLaws(makeStore: () => Awaitable<session.Store>, harness: StoreHarness): void {
  for (const law of storeLaws) {
    test(law.name, async (t) => {
      mock.timers.enable({ apis: ["Date"], now: START });
      try {
        if ((await law.check(async () => connectStore(await makeStore()), harness)) === "does not apply") t.skip();
      } finally {
        mock.timers.reset();
      }
    });
  }
}

describe("the laws on connect-redis", { skip: withoutRedis }, () => {
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;

  before(async () => {
    server = await startRedis();
    client = createClient({ url: server.url });
    await client.connect();
  });
  after(async () => {
    client.destroy();
    await server.end();
  });

  const makeStore = async (): Promise<session.Store> => {
    await client.flushAll();
    return new RedisStore({ client });
  };

  checkLaws(makeStore, {
    /** Keys expire by the server's clock, which cannot be moved. So each key gets less time to live. */
    async advance(seconds) {
      mock.timers.tick(seconds * 1000);
      for (const key of await client.keys("*")) {
        const left = await client.pTTL(key);
        if (left >= 0) await client.pExpire(key, left - seconds * 1000);
      }
    },
  });
});

describe("the laws on connect-pg-simple", { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  const PostgresStore = createPostgresStore(session);

  before(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ connectionString: server.url });
    pool.on("error", () => undefined);
  });
  after(async () => {
    await pool.end();
    await server.end();
  });

  // The store keeps the end in a column, and compares it with Date.
  checkLaws(() => new PostgresStore({ pool, createTableIfMissing: true, pruneSessionInterval: false }), {
    advance: (seconds) => mock.timers.tick(seconds * 1000),
  });
});
