import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";

import { redisStore } from "../../../src/stores/redis/redis.ts";
import type { StoreContext } from "../../../src/types.ts";
import { temporaryFolder } from "../../support/servers/process.ts";

const context: StoreContext = { now: 0, ttl: 600, cookieName: "ring-session" };

/** `redisStore` without types, to make mistakes that the compiler would find. */
const unchecked = redisStore as (...given: unknown[]) => unknown;

test("a connection is checked when the store is built, and no message shows its values", () => {
  const refused: readonly [object, RegExp][] = [
    [{ hots: "a" }, /unknown option "hots"; did you mean "host"\?/],
    [{ url: "s3cret" }, /url must be redis:.*, got text that is no URL/],
    [{ url: "http://:s3cret@localhost" }, /url must be .*, got one that begins with "http:"/],
    [{ url: "redis://:s3cret@localhost/first" }, /whose database is no number/],
    [{ url: "redis://localhost", password: "s3cret" }, /give either url or host/],
    [{ url: 1 }, /url must be text, got a number/],
    [{ host: "" }, /host must be text, got empty text/],
    [{ port: 0 }, /port must be a whole number from 1 to 65535, got 0/],
    [{ port: "6379" }, /port must be .*, got "6379"/],
    [{ password: 1 }, /password must be text, got a number/],
    [{ database: -1 }, /database must be a whole number of at least 0, got -1/],
    [{ pool: 0 }, /pool must be a whole number of at least 1, got 0/],
    [{ tls: "yes" }, /tls must be true, false or options for tls\.connect, got text/],
  ];
  for (const [connection, message] of refused) {
    assert.throws(
      () => unchecked(connection),
      (error) => error instanceof TypeError && message.test(error.message),
    );
    assert.throws(
      () => unchecked(connection),
      (error) => !inspect(error).includes("s3cret"),
    );
  }
});

test("a store that was never used has nothing to close", async () => {
  const store = redisStore({ url: "redis://localhost:1/1" });
  await store.close();
  await assert.rejects(async () => store.readSession("any", context), /the store is closed/);
});

test("without the package redis, the error says how to install it", async () => {
  const folder = temporaryFolder("without-redis");
  cpSync(fileURLToPath(new URL("../../../src", import.meta.url)), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const file = pathToFileURL(join(folder, "stores", "redis", "redis.js")).href;
  const alone = (await import(file)) as { readonly redisStore: typeof redisStore };
  const store = alone.redisStore({ host: "localhost" });
  for (let count = 0; count < 2; count++) {
    await assert.rejects(async () => store.readSession("any", context), /npm install redis/);
  }
});
