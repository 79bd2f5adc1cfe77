import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";

import { race } from "../races/race.ts";
import { withoutSqlite } from "../races/stores.ts";
import { temporaryFolder } from "./support/servers/process.ts";
import { startPostgres, withoutPostgres } from "./support/servers/postgres.ts";
import { startRedis, withoutRedis } from "./support/servers/redis.ts";

/** A place for the processes to race on, and the end of it. */
type Start = () => Promise<{ readonly place: string; readonly end: () => unknown }>;

const stores: Readonly<Record<string, readonly [skip: string | false, start: Start]>> = {
  "Redis by node-redis": [withoutRedis, () => onRedis("redis")],
  "Redis by ioredis": [withoutRedis, () => onRedis("ioredis")],
  Postgres: [
    withoutPostgres,
    async () => {
      const { url, end } = await startPostgres();
      return { place: url, end: () => end("SIGINT") };
    },
  ],
  SQLite: [
    withoutSqlite,
    async () => ({ place: `sqlite:${join(temporaryFolder("races"), "races.db")}`, end: () => undefined }),
  ],
};

async function onRedis(client: string): ReturnType<Start> {
  const { url, end } = await startRedis();
  return { place: url.replace("redis:", `${client}:`), end };
}

describe("processes that race on one store lose nothing and revive nothing", () => {
  for (const [name, [skip, start]] of Object.entries(stores)) {
    test(name, { skip }, async () => {
      const { place, end } = await start();
      const seed = Math.floor(Math.random() * 2 ** 31);
      const counts = { increments: 300, pairs: 300, logOuts: 300 };
      const result = await race({ place, processes: 3, seed, ...counts }).finally(end);
      const told = `seed ${seed}: ${JSON.stringify(result)}`;
      assert.deepEqual(result.errors, [], told);
      assert.equal(result.increments.counted, 300, told);
      assert.equal(result.pairs.lost, 0, told);
      assert.equal(result.logOuts.revived, 0, told);
      assert.ok(result.pairs.merged + result.logOuts.dropped > 0, `they never met: ${told}`);
    });
  }
});
