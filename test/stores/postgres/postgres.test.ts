import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import pg from "pg";

import { wrapSession } from "../../../src/session/session.ts";
import { postgresStore, type PostgresClient, type PostgresStore } from "../../../src/stores/postgres/postgres.ts";
import { createVisitor, fakeClock, mockRequest, storeLaws } from "../../../src/testing/testing.ts";
import type { Request, SessionData, SessionOptions, SessionRequest, SessionResponse } from "../../../src/types.ts";
import { startFaultProxy, type FaultProxy } from "../../support/servers/fault-proxy.ts";
import { at, countedPool, newTable } from "../../support/servers/postgres-pools.ts";
import { startPostgres, withoutPostgres, type PostgresServer } from "../../support/servers/postgres.ts";

describe("a store in PostgreSQL", { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let proxy: FaultProxy;
  let pool: pg.Pool;
  let proxied: pg.Pool;
  let client: pg.Client;

  before(async () => {
    server = await startPostgres();
    proxy = await startFaultProxy(server.port);
    pool = new pg.Pool({ connectionString: server.url });
    const connectionString = server.url.replace(String(server.port), String(proxy.port));
    proxied = new pg.Pool({ connectionString, connectionTimeoutMillis: 200 });
    client = new pg.Client(server.url);
    await client.connect();
  });

  const warnings: string[] = [];
  const warned = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", warned);

  after(async () => {
    process.off("warning", warned);
    // pg would warn, for example, if a Client got a statement while it still ran another.
    assert.deepEqual(warnings, []);
    await Promise.all([pool.end(), proxied.end(), client.end()]);
    proxy.close();
    await server.end();
  });

  const kinds: readonly (readonly [kind: string, get: () => PostgresClient, preparedStatements: boolean])[] = [
    ["a Pool", () => proxied, false],
    ["a Client, with prepared statements", () => client, true],
  ];
  for (const [kind, get, preparedStatements] of kinds) {
    describe(`the laws, on ${kind}`, () => {
      for (const { name, check } of storeLaws) {
        test(name, async (t) => {
          const table = newTable();
          const makeStore = (): PostgresStore => postgresStore(get(), { table, preparedStatements });
          const breakDown = (how: "hang" | "fail" | "fail-after") => {
            proxy.be(how);
            return () => proxy.be("pass");
          };
          const harness = { another: makeStore, ...(get() === proxied && { breakDown }) };
          if ((await check(makeStore, harness)) === "does not apply") t.skip();
        });
      }
    });
  }

  describe("statements", () => {
    type App = (request: Request & SessionRequest) => SessionResponse;

    /** Starts an application on its own table, with a visitor. `statements` returns those sent since its last call. */
    const visited = async (handler: App, more: SessionOptions = {}) => {
      const { pool, statements } = countedPool({ connectionString: server.url });
      const clock = fakeClock();
      const store = postgresStore(pool, { table: newTable() });
      const app = wrapSession(handler, { store, now: clock.now, ...more });
      const visitor = createVisitor(app, clock.now);
      await store.readSession("no such key", at(0));
      statements();
      return { visitor, app, statements, clock, end: () => pool.end() };
    };

    test("are none without a cookie, one for a read, and one more for a change", async () => {
      const answers: Readonly<Record<string, SessionResponse>> = {
        "/login": { session: { user: "Ada" } },
        "/same": { session: { user: "Ada" } },
        "/change": { session: { user: "Ada", n: 1 } },
        "/function": { session: (current) => ({ ...current, n: 2 }) },
        "/recreate": { session: { user: "Ada" }, sessionRecreate: true },
        "/logout": { session: null },
      };
      const { visitor, app, statements, end } = await visited(({ uri }) => answers[uri] ?? {});
      const sentBy = async (uri: string): Promise<string> => {
        await visitor.send("GET", uri);
        return statements().join(" ");
      };
      assert.equal(await sentBy("/"), "");
      assert.equal(await sentBy("/login"), "INSERT");
      assert.equal(await sentBy("/"), "SELECT");
      assert.equal(await sentBy("/same"), "SELECT");
      assert.equal(await sentBy("/change"), "SELECT UPDATE");
      assert.equal(await sentBy("/function"), "SELECT UPDATE");
      assert.equal(await sentBy("/recreate"), "SELECT INSERT DELETE");
      assert.equal(await sentBy("/logout"), "SELECT DELETE");
      await app(mockRequest("GET", "/", { headers: { cookie: "ring-session=no-such-key" } }));
      assert.deepEqual(statements(), ["SELECT"]);
      await end();
    });

    test("restart the idle clock at most once per tenth of the idle time", async () => {
      const { visitor, statements, clock, end } = await visited(({ uri }) =>
        uri === "/login" ? { session: { user: "Ada" } } : {},
      );
      await visitor.send("GET", "/login");
      statements();
      for (let minute = 0; minute < 60; minute++) {
        clock.advance(60);
        await visitor.send("GET", "/");
      }
      const sent = statements();
      assert.equal(sent.filter((each) => each === "SELECT").length, 60);
      // The idle time is half an hour, so the clock restarts every third minute.
      assert.equal(sent.filter((each) => each === "UPDATE").length, 20);
      await end();
    });

    test("renew a cookie with a Max-Age once per tenth of it", async () => {
      const { visitor, statements, clock, end } = await visited(
        ({ uri }) => (uri === "/login" ? { session: { user: "Ada" } } : {}),
        { cookieAttrs: { maxAge: 6000 }, timeout: { idle: 600_000 } },
      );
      await visitor.send("GET", "/login");
      statements();
      let cookies = 0;
      for (let minute = 1; minute <= 30; minute++) {
        clock.advance(60);
        if ((await visitor.send("GET", "/")).headers?.["set-cookie"] !== undefined) cookies++;
      }
      assert.equal(cookies, 3);
      assert.equal(statements().filter((each) => each === "UPDATE").length, 3);
      await end();
    });
  });

  test("a thousand increments at the same time add up to a thousand", async () => {
    const store = postgresStore(pool, { table: newTable() });
    const app = wrapSession(() => ({ session: (current: SessionData) => ({ n: Number(current["n"] ?? 0) + 1 }) }), {
      store,
      storeDeadline: 20_000,
    });
    const key = await store.writeSession(undefined, { n: 0 }, { ...at(0), now: Date.now() });
    const request = mockRequest("GET", "/", { headers: { cookie: `ring-session=${key}` } });
    await Promise.all(Array.from({ length: 1000 }, async () => app(request)));
    assert.deepEqual(await store.readSession(key, { ...at(0), now: Date.now() }), { n: 1000 });
  });

  test("an update that returns null deletes only the version it ran on", async () => {
    const store = postgresStore(pool, { table: newTable() });
    const key = await store.writeSession(undefined, { n: 0 }, at(0));
    const seen = await store.readSession(key, at(0));
    await store.updateSession(key, () => ({ n: 1 }), undefined, at(0));
    await store.updateSession(key, (current) => (current["n"] === 0 ? null : current), seen, at(0));
    assert.deepEqual(await store.readSession(key, at(0)), { n: 1 });
  });

  describe("time", () => {
    const written = async (more = {}) => {
      const store = postgresStore(pool, { table: newTable() });
      return { store, key: await store.writeSession(undefined, { a: 1 }, at(0, more)) };
    };

    test("is exact to the millisecond, and an expired session is reported", async () => {
      const { store, key } = await written({ principal: "ada" });
      const facts: string[] = [];
      const report = (fact: string): void => void facts.push(fact);
      assert.deepEqual(await store.readSession(key, at(600_000, { ttl: undefined, report })), { a: 1 });
      assert.deepEqual(facts, []);
      assert.equal(await store.readSession(key, at(600_001, { report })), undefined);
      assert.equal(await store.updateSession(key, () => ({ b: 2 }), undefined, at(600_001, { report })), undefined);
      assert.equal(await store.renewSession(key, {}, at(600_001, { maxAge: 1 })), undefined);
      assert.deepEqual(facts, ["expired", "expired"]);
      assert.deepEqual(await store.revokeSessions("ada", {}, at(600_001)), []);
      assert.equal(await store.updateSession(key, () => ({ a: 2 }), undefined, at(600_000)), key);
    });

    test("may have fractions, and a lifetime may be beyond a bigint", async () => {
      const { store, key } = await written({ now: 1_700_000_000_000.5, ttl: 1e300 });
      assert.deepEqual(await store.readSession(key, at(0.25)), { a: 1 });
      assert.deepEqual(await store.readSession(key, at(600_000.75)), { a: 1 });
    });

    test("to live is removed by an update without one, and set again by a read with one", async () => {
      const { store, key } = await written();
      await store.updateSession(key, () => ({ a: 2 }), undefined, at(0, { ttl: undefined }));
      assert.deepEqual(await store.readSession(key, at(1e10, { ttl: undefined })), { a: 2 });
      assert.deepEqual(await store.readSession(key, at(1e10)), { a: 2 });
      assert.equal(await store.readSession(key, at(1e10 + 600_001)), undefined);
    });

    test("of the last use is noted once an hour if there is no idle time", async () => {
      const { store, key } = await written({ ttl: undefined, idle: undefined, principal: "ada" });
      const lastSeen = async (milliseconds: number) => {
        const context = at(milliseconds, { ttl: undefined, idle: undefined });
        await store.readSession(key, context);
        return (await store.listSessions("ada", context)).map((each) => each.lastSeen - at(0).now);
      };
      assert.deepEqual(await lastSeen(3_599_999), [0]);
      assert.deepEqual(await lastSeen(3_600_000), [3_600_000]);
    });

    test("of creation starts again when an expired session is overwritten", async () => {
      const { store, key } = await written({ principal: "ada" });
      await store.writeSession(key, { a: 2 }, at(1000, { principal: "ada" }));
      const created = async (context = at(1000)) =>
        (await store.listSessions("ada", context)).map((each) => each.created - at(0).now);
      assert.deepEqual(await created(), [0]);
      await store.writeSession(key, { a: 3 }, at(700_000, { principal: "ada" }));
      assert.deepEqual(await created(at(700_000)), [700_000]);
    });
  });
});
