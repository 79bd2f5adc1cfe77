import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";

import { SessionDataError } from "../../../src/errors.ts";
import { handleOf } from "../../../src/crypto/session-key.ts";
import { postgresStore, postgresTable, type PostgresStore } from "../../../src/stores/postgres/postgres.ts";
import type { SessionCodec, SessionStore } from "../../../src/types.ts";
import { at, newTable } from "../../support/servers/postgres-pools.ts";
import { startPostgres, withoutPostgres, type PostgresServer } from "../../support/servers/postgres.ts";
import { plainStore } from "../../support/traced.ts";

const HOUR = 3_600_000;

describe("the table in PostgreSQL", { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let pool: pg.Pool;

  before(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ connectionString: server.url });
  });
  after(async () => {
    await pool.end();
    await server.end();
  });

  const rowsOf = async (table: string): Promise<Record<string, unknown>[]> =>
    (await pool.query<Record<string, unknown>>(`SELECT * FROM ${table}`)).rows;

  const works = async (store: PostgresStore): Promise<void> => {
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    assert.deepEqual(await store.readSession(key, at(0)), { a: 1 });
  };

  describe("is made", () => {
    test("once, by five stores at once", async () => {
      const table = newTable();
      const pools = Array.from({ length: 5 }, () => new pg.Pool({ connectionString: server.url }));
      await Promise.all(pools.map((each) => each.query("SELECT 1")));
      await Promise.all(pools.map((each) => works(postgresStore(each, { table }))));
      await Promise.all(pools.map((each) => each.end()));
      assert.equal((await rowsOf(table)).length, 5);
    });

    test("unlogged, if the option says so", async () => {
      const kind = async (table: string, unlogged: boolean): Promise<unknown> => {
        await works(postgresStore(pool, { table, unlogged }));
        const { rows } = await pool.query(`SELECT relpersistence FROM pg_class WHERE relname = '${table}'`);
        return rows[0]?.relpersistence;
      };
      assert.equal(await kind(newTable(), true), "u");
      assert.equal(await kind(newTable(), false), "p");
    });

    test("in a schema, in upper and lower case; after a failure the next call tries again", async () => {
      const store = postgresStore(pool, { table: "Web.Sessions" });
      await assert.rejects(works(store), { code: "3F000", message: 'postgresStore: schema "Web" does not exist' });
      await pool.query('CREATE SCHEMA "Web"');
      await works(store);
      await pool.query('DROP TABLE "Web"."Sessions"');
      await assert.rejects(works(store), { code: "42P01" });
      await works(store);
    });

    test("by the SQL of postgresTable; then the store needs no right to create tables", async () => {
      await pool.query(postgresTable({ table: "given" }));
      await pool.query(postgresTable({ table: "given" }));
      await pool.query("CREATE ROLE app; GRANT SELECT, INSERT, UPDATE, DELETE ON given TO app");
      const asApp = new pg.Pool({ connectionString: server.url, options: "-c role=app" });
      await works(postgresStore(asApp, { table: "given" }));
      await works(postgresStore(asApp, { table: "given", createTable: false }));
      const refused = { code: "42501", message: "postgresStore: permission denied for schema public" };
      await assert.rejects(works(postgresStore(asApp, { table: "another" })), refused);
      await asApp.end();
      await assert.rejects(works(postgresStore(pool, { table: "another", createTable: false })), { code: "42P01" });
    });

    test("such that restarting the clock touches no index", async () => {
      const table = newTable();
      const client = new pg.Client(server.url);
      await client.connect();
      const store = postgresStore(client, { table });
      const start = HOUR - ((at(0).now + 600_000) % HOUR);
      const key = await store.writeSession(undefined, { a: 1 }, at(start, { principal: "ada" }));
      for (let minute = 1; minute <= 10; minute++) {
        const context = at(start + minute * 60_000);
        // Of two reads at the same time, only one restarts the clock.
        await Promise.all([store.readSession(key, context), store.readSession(key, context)]);
      }
      await client.query("SELECT pg_stat_force_next_flush()");
      const { rows } = await client.query(
        `SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = '${table}'`,
      );
      assert.deepEqual(rows, [{ n_tup_upd: "10", n_tup_hot_upd: "10" }]);
      await client.end();
    });
  });

  describe("holds", () => {
    test("the SHA-256 of a key, and the principal as it is, or its hash if it cannot", async () => {
      const table = newTable();
      const store = postgresStore(pool, { table });
      const key = await store.writeSession(undefined, { nul: "\0", half: "\ud800" }, at(0, { principal: "ada" }));
      await store.writeSession(undefined, {}, at(0, { principal: "\0" }));
      await store.writeSession(undefined, {}, at(0, { principal: "\\a" }));
      await store.writeSession(undefined, {}, at(0));
      const long = randomBytes(5000).toString("hex");
      await store.writeSession(undefined, {}, at(0, { principal: long }));
      const rows = await rowsOf(table);
      assert.deepEqual(
        rows.map(({ principal }) => principal),
        ["ada", `\\${handleOf('"\\u0000"')}`, `\\${handleOf('"\\\\a"')}`, null, `\\${handleOf(`"${long}"`)}`],
      );
      assert.equal(rows[0]?.["id"], handleOf(key));
      assert.ok(!JSON.stringify(rows).includes(key));
      assert.deepEqual(await store.readSession(key, at(0)), { nul: "\0", half: "\ud800" });
    });

    test("the codec's text of a session; a text that PostgreSQL cannot store is refused", async () => {
      const makeStore = (encode: SessionCodec["encode"]): PostgresStore => {
        const decode = (text: string) => ({ when: new Date(text) });
        return postgresStore(pool, { table: "coded", codec: { encode, decode } });
      };
      const store = makeStore(({ when }) => (when as Date).toISOString());
      const key = await store.writeSession(undefined, { when: new Date(1) }, at(0));
      assert.deepEqual(await store.readSession(key, at(0)), { when: new Date(1) });
      for (const text of ["\0", "\udc00", 7 as unknown as string]) {
        await assert.rejects(async () => makeStore(() => text).writeSession(undefined, {}, at(0)), SessionDataError);
      }
    });

    test("a damaged row, whose error does not show its content", async () => {
      const table = newTable();
      const codec: SessionCodec = { encode: JSON.stringify, decode: (text) => JSON.parse(text) as object as never };
      for (const store of [postgresStore(pool, { table }), postgresStore(pool, { table, codec })]) {
        const key = await store.writeSession(undefined, { a: 1 }, at(0, { principal: "ada" }));
        await pool.query(`UPDATE ${table} SET data = 'hunter2'`);
        const calls = [
          async () => store.readSession(key, at(0)),
          async () => store.updateSession(key, (current) => current, undefined, at(0)),
          async () => store.listSessions("ada", at(0)),
        ];
        for (const call of calls) {
          await assert.rejects(
            call,
            (error) => error instanceof TypeError && !JSON.stringify([error.stack, error.cause]).includes("hunter2"),
          );
        }
        await store.deleteSession(key, at(0));
      }
    });

    test("the sessions of another store, which move over until a date", async () => {
      const from = plainStore();
      const keys = await Promise.all([1, 2, 3].map(async (n) => from.writeSession(undefined, { n }, at(0))));
      const [moved = "", left = "", late = ""] = keys;
      const table = newTable();
      const store = postgresStore(pool, { table, migrate: { from, until: new Date(at(1000).now) } });
      assert.deepEqual(await store.readSession(moved, at(0)), { n: 1 });
      assert.equal(await from.readSession(moved, at(0)), undefined);
      await store.deleteSession(left, at(0));
      assert.equal(await store.readSession(left, at(0)), undefined);
      assert.equal(await store.readSession(late, at(1000)), undefined);
      assert.deepEqual(
        (await rowsOf(table)).map(({ id }) => id),
        [handleOf(moved)],
      );
    });

    test("a session of another store in place of an expired one, but not of a newer one", async () => {
      const table = newTable();
      const over = await postgresStore(pool, { table }).writeSession(undefined, { old: true }, at(0, { ttl: 1 }));
      const newer = postgresStore(pool, { table });
      let reads = 0;
      const from: SessionStore = {
        async readSession(key, context) {
          if (key !== over && reads++ === 0) await newer.writeSession(key, { newer: true }, context);
          return { moved: true };
        },
        writeSession: (key = "") => key,
        deleteSession: () => undefined,
      };
      const store = postgresStore(pool, { table, migrate: { from, until: new Date(at(2000).now) } });
      assert.deepEqual(await store.readSession(over, at(1001)), { moved: true });
      assert.deepEqual(await store.readSession("another key", at(1001)), { newer: true });
    });
  });

  describe("is swept", () => {
    const left = async (table: string): Promise<number> => (await rowsOf(table)).length;

    const until = async (done: () => Promise<boolean>): Promise<void> => {
      for (let count = 0; count < 200 && !(await done()); count++) await wait(10);
      assert.ok(await done());
    };

    const fill = async (table: string, count: number): Promise<PostgresStore> => {
      const store = postgresStore(pool, { table });
      await store.writeSession(undefined, { kept: true }, at(0, { ttl: undefined }));
      await pool.query(
        `INSERT INTO ${table} (id, data, created, seen, renewed, expires) SELECT n, '{}', 0, 0, 0, $1::bigint FROM generate_series(1, $2) n`,
        [at(0).now, count],
      );
      return store;
    };

    test("a minute after the last sweep, of sessions that expired before this hour, in slices", async () => {
      const table = newTable();
      const store = await fill(table, 1200);
      const hour = HOUR - (at(0).now % HOUR);
      await store.readSession("no such key", at(59_999));
      await store.readSession("no such key", at(hour - 1));
      await wait(30);
      assert.equal(await left(table), 1201);
      await store.readSession("no such key", at(hour + 59_998));
      await wait(30);
      assert.equal(await left(table), 1201);
      await store.readSession("no such key", at(hour + 59_999));
      await until(async () => (await left(table)) === 1);
    });

    test("by several stores at once, skipping rows that others have locked", async () => {
      const table = newTable();
      const stores = [await fill(table, 3000), postgresStore(pool, { table }), postgresStore(pool, { table })];
      const locking = await pool.connect();
      await locking.query(`BEGIN; SELECT FROM ${table} WHERE id = '7' FOR UPDATE`);
      for (const store of stores.slice(1)) await store.readSession("no such key", at(0));
      await Promise.all(stores.map(async (store) => store.readSession("no such key", at(2 * HOUR))));
      await until(async () => (await left(table)) === 2);
      await locking.query("COMMIT");
      locking.release();
    });

    test("without failing a request if the sweep fails", async () => {
      const table = newTable();
      const store = await fill(table, 1);
      await pool.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
         CREATE TRIGGER refuse BEFORE DELETE ON ${table} EXECUTE FUNCTION refuse()`,
      );
      assert.equal(await store.readSession("no such key", at(2 * HOUR)), undefined);
      await wait(30);
      await pool.query(`DROP TRIGGER refuse ON ${table}`);
      assert.equal(await store.readSession("no such key", at(2 * HOUR + 60_000)), undefined);
      await until(async () => (await left(table)) === 1);
    });
  });
});
