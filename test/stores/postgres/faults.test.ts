import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";

import { SessionStoreError } from "../../../src/errors.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { postgresStore } from "../../../src/stores/postgres/postgres.ts";
import { mockRequest } from "../../../src/testing/testing.ts";
import type { SessionData } from "../../../src/types.ts";
import { startFaultProxy } from "../../support/servers/fault-proxy.ts";
import { at, newTable } from "../../support/servers/postgres-pools.ts";
import { startPostgres, withoutPostgres, type PostgresServer } from "../../support/servers/postgres.ts";

const increment = (current: SessionData): SessionData => ({ n: Number(current["n"] ?? 0) + 1 });

describe("PostgreSQL with faults", { skip: withoutPostgres }, () => {
  let server: PostgresServer;

  before(async () => {
    server = await startPostgres(["deadlock_timeout=20ms"]);
  });
  after(() => server.end());

  /** Makes a session in its own table, and a function that sends a request which counts in it. */
  const counting = async (pool: pg.Pool, storeDeadline: number) => {
    const store = postgresStore(pool, { table: newTable() });
    const context = () => ({ ...at(0), now: Date.now() });
    const key = await store.writeSession(undefined, { n: 0 }, context());
    const app = wrapSession(() => ({ session: increment }), { store, storeDeadline });
    const request = mockRequest("GET", "/", { headers: { cookie: `ring-session=${key}` } });
    const count = async (): Promise<"done" | "failed"> => {
      try {
        await app(request);
        return "done";
      } catch (error) {
        assert.ok(error instanceof SessionStoreError, String(error));
        return "failed";
      }
    };
    const counted = async (): Promise<number> => Number((await store.readSession(key, context()))?.["n"]);
    return { store, key, count, counted };
  };

  const behindProxy = async (config: pg.PoolConfig = {}) => {
    const proxy = await startFaultProxy(server.port);
    const connectionString = server.url.replace(String(server.port), String(proxy.port));
    const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 200, ...config });
    const end = async (): Promise<void> => {
      await pool.end();
      proxy.close();
    };
    return { proxy, pool, end };
  };

  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };

  test("a first connection that is never answered delays only its own call", async () => {
    const { proxy, pool, end } = await behindProxy({ connectionTimeoutMillis: 0, max: 2 });
    const store = postgresStore(pool, { table: newTable() });
    const app = wrapSession(() => ({ session: { a: 1 } }), { store, storeDeadline: 150 });
    proxy.be("hang");
    await assert.rejects(async () => app(mockRequest("GET", "/")), SessionStoreError);
    proxy.be("pass");
    assert.ok(await app(mockRequest("GET", "/")));
    proxy.be("fail");
    await end();
  });

  test("a server that is killed under load: nothing hangs, no failure looks like a success, and requests are served again", async () => {
    const pool = new pg.Pool({ connectionString: server.url, connectionTimeoutMillis: 500 });
    const { count, counted } = await counting(pool, 1000);
    const tally = { done: 0, failed: 0 };
    const stop = new AbortController();
    let slowest = 0;
    const visitor = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        slowest = Math.max(slowest, await timed(async () => tally[await count()]++));
        await wait(5);
      }
    };
    const visitors = Promise.all(Array.from({ length: 8 }, visitor));
    await wait(200);
    await server.end("SIGKILL");
    await wait(100);
    assert.ok(tally.failed > 0, "it was not noticed");
    assert.ok((await timed(count)) < 500, "a server that is down is not seen at once");
    await server.start();
    const before = tally.done;
    for (let waited = 0; waited < 1000 && tally.done === before; waited += 20) await wait(20);
    assert.ok(tally.done > before, "it does not go on");
    stop.abort();
    await visitors;
    const n = await counted();
    assert.ok(tally.done <= n && n <= tally.done + tally.failed, `${JSON.stringify(tally)} counted ${n}`);
    assert.ok(slowest < 3000, `a request took ${slowest} ms`);
    await pool.end();
  });

  test("a silent connection: requests fail within the deadline, and the pool recovers", async () => {
    const { proxy, pool, end } = await behindProxy({ max: 3 });
    const { count, counted } = await counting(pool, 300);
    await Promise.all(Array.from({ length: 10 }, count));
    const before = await counted();
    proxy.be("hang");
    const outcomes: unknown[] = [];
    const took = await timed(async () => outcomes.push(...(await Promise.all(Array.from({ length: 20 }, count)))));
    assert.deepEqual(new Set(outcomes), new Set(["failed"]));
    assert.ok(took < 1500, `it took ${took} ms`);
    proxy.be("pass");
    await wait(250);
    assert.equal(await counted(), before);
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 10 }, count))), new Set(["done"]));
    assert.equal(await counted(), before + 10);
    await end();
  });

  test("a call whose deadline passed while it waited for a connection is not made later", async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const client = new pg.Client(server.url);
    await client.connect();
    const occupyPool = async () => {
      const taken = await pool.connect();
      await wait(150);
      taken.release();
    };
    const occupyClient = () => client.query("SELECT pg_sleep(0.15)");
    for (const [each, occupy] of [[pool, occupyPool] as const, [client, occupyClient] as const]) {
      const store = postgresStore(each, { table: newTable() });
      const key = await store.writeSession(undefined, { n: 0 }, at(0));
      const seen = await store.readSession(key, at(0));
      const free = occupy();
      const limits = at(0, { deadline: 50, signal: AbortSignal.timeout(50) });
      await assert.rejects(async () => store.updateSession(key, increment, seen, limits));
      await free;
      assert.deepEqual(await store.readSession(key, at(0)), { n: 0 });
    }
    await Promise.all([pool.end(), client.end()]);
  });

  test("an idle connection that the server ends does not end the process", async () => {
    const pool = new pg.Pool({ connectionString: server.url });
    const store = postgresStore(pool, { table: newTable() });
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const ended = new Promise((resolve) => pool.once("remove", resolve));
    const admin = new pg.Client(server.url);
    await admin.connect();
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL",
    );
    await ended;
    assert.deepEqual(await store.readSession(key, at(0)), { a: 1 });
    await Promise.all([admin.end(), pool.end()]);
  });

  for (const isolation of ["repeatable read", "serializable"]) {
    test(`under "${isolation}", a conflict is tried again`, async () => {
      const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
      const pool = new pg.Pool({ connectionString: server.url, options, max: 6 });
      const table = newTable();
      const [one, other] = [postgresStore(pool, { table }), postgresStore(pool, { table })];
      const key = await one.writeSession(undefined, { n: 0 }, at(0, { principal: "ada" }));
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const store = index % 2 === 0 ? one : other;
          await store.updateSession(key, increment, undefined, at(0));
          await store.readSession(key, at(120_000));
        }),
      );
      assert.deepEqual(await one.readSession(key, at(120_000)), { n: 60 });
      for (let round = 0; round < 10; round++) {
        const fresh = await one.writeSession(undefined, { n: 0 }, at(0));
        const updates = [one, other].map(async (store) => store.updateSession(fresh, increment, undefined, at(0)));
        await Promise.all([...updates, one.deleteSession(fresh, at(0)), other.deleteSession(fresh, at(0))]);
        assert.equal(await one.readSession(fresh, at(0)), undefined);
      }
      await pool.end();
    });
  }

  test("a deadlock is tried again", async () => {
    const pool = new pg.Pool({ connectionString: server.url });
    const table = newTable();
    const store = postgresStore(pool, { table });
    const keys = [await store.writeSession(undefined, { n: 1 }, at(0, { principal: "ada" }))];
    keys.push(await store.writeSession(undefined, { n: 2 }, at(0, { principal: "ada" })));
    const { rows } = await pool.query<{ id: string }>(`SELECT id FROM ${table} WHERE principal = 'ada'`);
    const [first, second] = rows.map(({ id }) => id);
    const other = await pool.connect();
    await other.query("BEGIN");
    // The server ends the transaction whose deadlock_timeout passes first; here it is the store's.
    await other.query("SET LOCAL deadlock_timeout = '10s'");
    await other.query(`UPDATE ${table} SET seen = seen WHERE id = $1`, [second]);
    const revoked = store.revokeSessions("ada", {}, at(0));
    await wait(10);
    await other.query(`UPDATE ${table} SET seen = seen WHERE id = $1`, [first]);
    await other.query("COMMIT");
    other.release();
    assert.equal((await revoked).length, 2);
    await pool.end();
  });
});
