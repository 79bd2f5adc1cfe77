import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { createClient } from "redis";

import { cookieStore, generateKey } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { redisStore } from "../../src/stores/redis/redis.ts";
import { adapterLaws, type ServeAdapter } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";
import { adapters } from "../support/adapters/adapters.ts";
import { startRedis, withoutRedis } from "../support/servers/redis.ts";

const server = withoutRedis === false ? await startRedis() : undefined;
const client = createClient({ url: server?.url ?? "redis://127.0.0.1:1" });

before(async () => {
  if (server !== undefined) await client.connect();
});

after(async () => {
  if (server !== undefined) client.destroy();
  await server?.end();
});

const key = generateKey();

const stores: readonly (readonly [name: string, skip: string | false, makeStore: () => SessionStore])[] = [
  ["memory", false, () => memoryStore()],
  ["cookie", false, () => cookieStore({ key })],
  ["Redis", withoutRedis, () => redisStore(client)],
];

for (const { name, load } of adapters) {
  for (const [store, skip, makeStore] of stores) {
    describe(`${name} on ${store}`, { skip }, () => {
      let serve: ServeAdapter;
      before(async () => {
        serve = await load();
      });

      for (const law of adapterLaws) {
        test(law.name, async (t) => {
          if ((await law.check(serve, makeStore)) === "does not apply") t.skip();
        });
      }
    });
  }
}

test("every adapter has a row in the README's table, which npm run matrix makes", () => {
  const [, table = ""] = readFileSync("README.md", "utf8").split(/<!-- \/?matrix -->/);
  const missing = adapters.filter(({ name }) => !table.includes(`| ${name} `));
  assert.deepEqual(missing, []);
});

test("every adapter of src is tested", () => {
  const names = readdirSync("src/adapters").map((entry) => `\`ringlet/${entry.replace(/\.ts$/, "")}\``);
  const missing = names.filter((name) => !adapters.some((adapter) => adapter.name.startsWith(name)));
  assert.deepEqual(missing, []);
});
