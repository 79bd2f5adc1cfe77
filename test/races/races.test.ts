import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { places } from "./places.ts";
import { race } from "./race.ts";
import { withoutSqlite } from "./stores.ts";
import { withoutPostgres } from "../support/servers/postgres.ts";
import { withoutRedis } from "../support/servers/redis.ts";

const stores: readonly (readonly [name: keyof typeof places, skip: string | false])[] = [
  ["redis", withoutRedis],
  ["ioredis", withoutRedis],
  ["postgres", withoutPostgres],
  ["sqlite", withoutSqlite],
];

describe("processes that race on one store lose no change and restore no deleted session", () => {
  for (const [name, skip] of stores) {
    test(name, { skip }, async () => {
      const { place, end } = await places[name]();
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
