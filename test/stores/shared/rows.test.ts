import assert from "node:assert/strict";
import { after, describe, mock, test } from "node:test";
import { promisify } from "node:util";

import { PGlite } from "@electric-sql/pglite";
import { createClient } from "redis";

import { jsonCodec } from "../../../src/data/json-codec.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { asConnectStore, type ConnectSession } from "../../../src/stores/connect/connect.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { postgresStore } from "../../../src/stores/postgres/postgres.ts";
import { redisStore } from "../../../src/stores/redis/redis.ts";
import { createRows } from "../../../src/stores/shared/rows.ts";
import { sqliteStore } from "../../../src/stores/sqlite/sqlite.ts";
import { createVisitor } from "../../../src/testing/testing.ts";
import type { AtomicSessionStore, SessionCodec } from "../../../src/types.ts";
import { startRedis, withoutRedis } from "../../support/servers/redis.ts";
import { anyDriver } from "../sqlite/drivers.ts";

const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.toReversed()) await end();
});

const stores: readonly (readonly [name: string, skip: string | false, make: () => Promise<AtomicSessionStore>])[] = [
  ["memory", false, async () => Promise.resolve(memoryStore())],
  ["SQLite", false, async () => Promise.resolve(sqliteStore(anyDriver.open(":memory:")))],
  [
    "Postgres",
    false,
    async () => {
      const database = await PGlite.create();
      ends.push(() => database.close());
      return postgresStore(database, { table: "sessions" });
    },
  ],
  [
    "Redis",
    withoutRedis,
    async () => {
      const server = await startRedis();
      const client = await createClient({ url: server.url }).connect();
      ends.push(
        () => server.end(),
        () => client.destroy(),
      );
      return redisStore(client);
    },
  ],
];

for (const [name, skip, make] of stores) {
  test(`on ${name}, a session is decoded once for a change of it`, { skip }, async () => {
    const app = wrapSession<{ readonly n?: number; readonly mark?: string }>(
      ({ session }) => ({ session: { ...session, n: (session.n ?? 0) + 1, mark: "counted" } }),
      { store: await make() },
    );
    const visitor = createVisitor(app);
    await visitor.send("GET", "/");
    const parse = mock.method(JSON, "parse");
    const decoded = (): number =>
      parse.mock.calls.filter((call) => call.arguments[0].includes('"mark":"counted"')).length;
    try {
      for (let request = 1; request <= 3; request++) {
        await visitor.send("GET", "/");
        assert.equal(decoded(), request);
      }
    } finally {
      parse.mock.restore();
    }
  });
}

test("by express-session, a session is decoded once for a change of it", async () => {
  const store = asConnectStore(memoryStore());
  const set = promisify<string, ConnectSession & { readonly n: number }>(store.set);
  const get = promisify<string, ConnectSession | null | undefined>(store.get);
  const cookie = { originalMaxAge: null };
  await set("sid", { cookie, n: 1 });
  const parse = mock.method(JSON, "parse");
  try {
    const session = await get("sid");
    assert.ok(session);
    await set("sid", Object.assign(session, { n: 2 }));
    const texts = parse.mock.calls.map(({ arguments: [text] }) => text);
    assert.deepEqual(
      texts.filter((text) => text.includes('"n":1')),
      ['{"cookie":{"originalMaxAge":null},"n":1}'],
    );
    assert.deepEqual(await get("sid"), { cookie, n: 2 });
  } finally {
    parse.mock.restore();
  }
});

describe("the session of a row, for an update", () => {
  const row = '{"n":1}';

  test("is the one that was read, once it is frozen", () => {
    const rows = createRows<string>(jsonCodec, (text) => text);
    const seen = rows.sessionOf(row);
    assert.notEqual(rows.currentOf(row, seen), seen, "somebody may have changed it since");
    Object.freeze(seen);
    assert.equal(rows.currentOf(row, seen), seen);
    assert.equal(rows.rowOf(seen), row);
  });

  test("is decoded where the row is newer, or nobody has read it", () => {
    const rows = createRows<string>(jsonCodec, (text) => text);
    const seen = Object.freeze(rows.sessionOf(row));
    assert.deepEqual(rows.currentOf('{"n":2}', seen), { n: 2 });
    assert.deepEqual(rows.currentOf(row, undefined), { n: 1 });
    assert.deepEqual(rows.currentOf(row, Object.freeze({ n: 7 })), { n: 1 });
  });

  test("is decoded under another codec: a Date in it may have been changed in place", () => {
    const codec: SessionCodec = { encode: JSON.stringify, decode: () => ({ when: new Date(0) }) };
    const rows = createRows<string>(codec, (text) => text);
    const seen = Object.freeze(rows.sessionOf(row));
    (seen["when"] as Date).setTime(1);
    assert.deepEqual(rows.currentOf(row, seen), { when: new Date(0) });
  });
});
