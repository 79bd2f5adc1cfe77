/** Checks the laws in the runtime that runs it, and prints each result as a line of JSON. */
import process from "node:process";

import { createClient } from "redis";

import { redisStore } from "../../src/stores/redis/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite/sqlite.ts";
import type { SessionStore } from "../../src/types.ts";
import { adapters } from "../support/adapters/adapters.ts";
import { redisClock } from "../support/servers/redis-clock.ts";
import { type LawResult, ownStores, tryAdapter, tryStore, type TriedStore } from "./laws.ts";

const redis = await connectedRedis(Number(process.env["REDIS_PORT"] ?? 0));

for (const store of [...ownStores, ...ownSqlite(), ...redis]) print(await tryStore(store));
for (const { name, load } of adapters) {
  const serve = await load();
  for (const store of [...ownStores, ...redis]) print(await tryAdapter(name, serve, store));
}
process.exit(0);

function ownSqlite(): readonly TriedStore[] {
  if (process.getBuiltinModule("node:sqlite") === undefined) return [];
  return [{ name: "SQLite", makeStore: () => sqliteStore(":memory:") }];
}

/** Returns the store of a connected Redis, or no store without a port. */
async function connectedRedis(port: number): Promise<readonly TriedStore[]> {
  if (port === 0) return [];
  const client = createClient({ socket: { host: "127.0.0.1", port } });
  await client.connect();
  const { advance } = await redisClock([port]);
  const makeStore = (): SessionStore => redisStore(client);
  return [{ name: "Redis", makeStore, harness: { advance, another: makeStore } }];
}

function print(results: readonly LawResult[]): void {
  for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`);
}
