import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { SessionDataError } from "../../../src/errors.ts";
import { handleOf } from "../../../src/crypto/session-key.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import {
  sqliteStore,
  type SqliteDatabase,
  type SqliteStore,
  type SqliteStoreOptions,
} from "../../../src/stores/sqlite/sqlite.ts";
import { storeLaws, type StoreBreakdown, type StoreHarness } from "../../../src/testing/testing.ts";
import type { SessionData, SessionStore, StoreContext } from "../../../src/types.ts";
import {
  anyDriver,
  drivers,
  fileDrivers,
  freshPath,
  openLibsql,
  openNode,
  withoutNode,
  type Driver,
} from "./drivers.ts";
import { counting, failing } from "./faults.ts";

const START = 1_700_000_000_000;
const TTL = 600;

/** Makes a context, so many milliseconds after the start. */
function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: START + milliseconds, ttl: TTL, cookieName: "ring-session", ...more };
}

function rows(database: SqliteDatabase, table = "ringlet_sessions"): readonly Record<string, unknown>[] {
  return database.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
}

describe("the laws", { concurrency: true }, () => {
  for (const driver of drivers) {
    describe(`on ${driver.name}`, { skip: driver.skip, concurrency: true }, () => {
      for (const law of storeLaws) {
        test(`${law.name} (memory)`, async (t) => {
          const { make, harness } = on(inMemory(driver));
          if ((await law.check(make, harness)) === "does not apply") t.skip();
        });
      }
    });
  }
  for (const driver of fileDrivers) {
    describe(`on a file of ${driver.name}`, { skip: driver.skip, concurrency: true }, () => {
      for (const law of storeLaws) {
        test(`${law.name} (file)`, async (t) => {
          const { make, harness } = on(inFile(driver));
          if ((await law.check(make, harness)) === "does not apply") t.skip();
        });
      }
    });
  }
});

/** A database that several stores share. */
interface Place {
  readonly open: () => SqliteDatabase;
  /** Blocks all reads and writes until the function that it returns is called. */
  readonly lock: () => () => void;
}

function inMemory(driver: Driver): Place {
  const database = driver.open(":memory:");
  const lock = (): (() => void) => {
    database.exec("BEGIN");
    return () => void database.exec("ROLLBACK");
  };
  return { open: () => database, lock };
}

/** Makes a database file with a rollback journal, because then a lock stops reads too. */
function inFile(driver: Driver): Place {
  const path = freshPath();
  const open = (): SqliteDatabase => {
    const database = driver.open(path);
    database.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
    return database;
  };
  const lock = (): (() => void) => {
    const other = driver.open(path);
    other.exec("BEGIN EXCLUSIVE");
    return () => {
      other.exec("ROLLBACK");
      other.close();
    };
  };
  return { open, lock };
}

/** Makes what a law needs: stores in one place, and ways to break it. */
function on(place: Place): { readonly make: () => SessionStore; readonly harness: StoreHarness } {
  let fault: StoreBreakdown | undefined;
  const make = (): SessionStore => sqliteStore(failing(place.open(), () => fault));
  const breakDown = (how: StoreBreakdown): (() => void) => {
    if (how === "hang") return place.lock();
    fault = how;
    return () => void (fault = undefined);
  };
  return { make, harness: { another: make, breakDown } };
}

for (const driver of drivers) {
  describe(driver.name, { skip: driver.skip }, () => {
    test("returns results, not promises", () => {
      const store = sqliteStore(driver.open(":memory:"));
      const key = store.writeSession(undefined, { n: 1 }, at(0, { principal: "ada" }));
      assert.ok(typeof key === "string");
      const seen = store.readSession(key, at(1));
      assert.deepEqual(seen, { n: 1 });
      assert.equal(
        store.updateSession(key, () => ({ n: 2 }), { n: 1 }, at(2, { principal: "ada" })),
        key,
      );
      assert.equal(store.renewSession(key, { n: 2 }, at(3, { maxAge: 100 })), undefined);
      assert.deepEqual(store.listSessions("ada", at(3)), [
        { handle: handleOf(key), session: { n: 2 }, created: START, lastSeen: START + 2 },
      ]);
      assert.deepEqual(store.revokeSessions("ada", {}, at(3)), [handleOf(key)]);
      assert.equal(store.deleteSession(key, at(4)), undefined);
    });

    test("waits for an open transaction of the owner, so that its rollback undoes no session", async () => {
      const database = driver.open(":memory:");
      const store = sqliteStore(database);
      database.exec("BEGIN");
      const pending = store.writeSession(undefined, { a: 1 }, at(0));
      assert.ok(pending instanceof Promise);
      database.exec("ROLLBACK");
      assert.deepEqual(await store.readSession(await pending, at(1)), { a: 1 });
    });

    test("lets an update's function use the store", async () => {
      const store = sqliteStore(driver.open(":memory:"));
      const key = await store.writeSession(undefined, { n: 1 }, at(0));
      const seen = await store.readSession(key, at(0));
      let runs = 0;
      const update = ({ n }: { readonly n?: unknown }): { n: number } => {
        if (runs++ === 0) void store.updateSession(key, () => ({ n: 10 }), undefined, at(1));
        return { n: Number(n) + 1 };
      };
      await store.updateSession(key, update, seen, at(1));
      assert.deepEqual([await store.readSession(key, at(2)), runs], [{ n: 11 }, 2]);
    });
  });
}

for (const driver of fileDrivers) {
  describe(`a file of ${driver.name}`, { skip: driver.skip }, () => {
    test("keeps a session through a restart, under the hash of its key", async () => {
      const path = freshPath();
      const before = driver.open(path);
      const store = sqliteStore(before);
      const key = await store.writeSession(undefined, { user: "Ada" }, at(0, { principal: "ada" }));
      const { id, data, principal, ...times } = rows(before)[0] ?? {};
      assert.deepEqual([id, data, principal], [handleOf(key), '{"user":"Ada"}', "ada"]);
      assert.deepEqual(times, { created: START, seen: START, expires: START + TTL * 1000, renewed: START });
      before.close();
      assert.equal(readFileSync(path).includes(key), false);
      const after = sqliteStore(driver.open(path));
      assert.deepEqual(await after.readSession(key, at(1)), { user: "Ada" });
    });

    test("waits for another connection's lock, and throws other errors at once", async () => {
      const path = freshPath();
      const owner = driver.open(path);
      owner.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 3000");
      const store = sqliteStore(owner);
      const other = driver.open(path);
      other.exec("BEGIN IMMEDIATE");
      const start = performance.now();
      const pending = store.writeSession(undefined, { a: 1 }, at(0));
      assert.ok(pending instanceof Promise);
      assert.ok(performance.now() - start < 1000, "the process stood still");
      other.exec("COMMIT");
      assert.deepEqual(await store.readSession(await pending, at(1)), { a: 1 });
      const { timeout } = owner.prepare("PRAGMA busy_timeout").get() as { timeout: number };
      assert.equal(timeout, 3000);
      owner.exec("DROP TABLE ringlet_sessions");
      assert.throws(() => store.readSession("key", at(2)), /no such table/);
    });
  });
}

const { open } = anyDriver;

function fresh(options?: SqliteStoreOptions): SqliteStore {
  return sqliteStore(open(":memory:"), options);
}

describe("the end of a session", () => {
  test("is exact to the millisecond, and is reported", async () => {
    const store = fresh();
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    assert.deepEqual(await store.readSession(key, at(600_000)), { a: 1 });
    assert.deepEqual(await store.readSession(key, at(1_200_000)), { a: 1 });
    await store.updateSession(key, () => ({ a: 2 }), undefined, at(1_800_000));
    assert.deepEqual(await store.readSession(key, at(2_400_000, { ttl: undefined })), { a: 2 });
    assert.equal(await store.readSession(key, at(2_400_001)), undefined);
  });

  test("is reported", async () => {
    const calls: readonly ((store: SqliteStore, key: string, context: StoreContext) => unknown)[] = [
      (store, key, context) => store.readSession(key, context),
      (store, key, context) => store.updateSession(key, () => ({ a: 3 }), undefined, context),
      (store, key, context) => store.renewSession(key, {}, context),
    ];
    for (const call of calls) {
      const store = fresh();
      const key = await store.writeSession(undefined, { a: 1 }, at(0));
      const facts: string[] = [];
      assert.equal(await call(store, key, at(600_001, { report: (fact) => facts.push(fact), maxAge: 1 })), undefined);
      assert.deepEqual(facts, ["expired"]);
    }
  });

  test("between a read and an update is noticed by the update", async () => {
    const store = fresh();
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const seen = await store.readSession(key, at(0));
    const facts: string[] = [];
    const late = at(600_001, { report: (fact) => facts.push(fact) });
    assert.equal(await store.updateSession(key, () => ({ a: 2 }), seen, late), undefined);
    assert.deepEqual(facts, ["expired", "gone"]);
  });

  test("may have a fraction of a millisecond, or be thousands of years away", async () => {
    const store = fresh();
    const brief = await store.writeSession(undefined, { a: 1 }, at(0.4, { ttl: 0.0007 }));
    assert.deepEqual(await store.readSession(brief, at(1.2, { ttl: undefined })), { a: 1 });
    assert.equal(await store.readSession(brief, at(2.5)), undefined);
    const long = await store.writeSession(undefined, { a: 1 }, at(0, { ttl: 1e300 }));
    assert.deepEqual(await store.readSession(long, at(1e12, { ttl: 1e300 })), { a: 1 });
  });

  test("makes a later write under the same key a new session", async () => {
    const store = fresh();
    const key = await store.writeSession(undefined, { a: 1 }, at(0, { principal: "ada" }));
    await store.writeSession(key, { a: 2 }, at(600_000, { principal: "ada" }));
    const created = async (now: number): Promise<unknown> => (await store.listSessions("ada", at(now)))[0]?.created;
    assert.equal(await created(600_001), START);
    await store.writeSession(key, { a: 3 }, at(1_200_001, { principal: "ada" }));
    assert.equal(await created(1_200_001), START + 1_200_001);
  });
});

describe("the cost", () => {
  test("of an hour of reads is a write per tenth of the idle time, and a sweep per minute", async () => {
    const { database, counts } = counting(open(":memory:"));
    const store = sqliteStore(database);
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    counts.clear();
    for (let second = 10; second <= 3600; second += 10) {
      assert.deepEqual(await store.readSession(key, at(second * 1000)), { a: 1 });
    }
    assert.deepEqual(Object.fromEntries(counts), { SELECT: 360, UPDATE: 60, DELETE: 60 });
  });

  test("of reads without an idle time is a write per hour", async () => {
    const { database, counts } = counting(open(":memory:"));
    const store = sqliteStore(database);
    const endless = { ttl: undefined, principal: "ada" };
    const key = await store.writeSession(undefined, { a: 1 }, at(0, endless));
    counts.clear();
    for (let minute = 1; minute <= 180; minute++) await store.readSession(key, at(minute * 60_000, endless));
    assert.equal(counts.get("UPDATE"), 3);
    const [listed] = await store.listSessions("ada", at(200 * 60_000, endless));
    assert.equal(listed?.lastSeen, START + 180 * 60_000);
    assert.deepEqual(await store.readSession(key, at(1e13, endless)), { a: 1 });
  });

  test("of each operation is one statement, if no other change interferes", async () => {
    const { database, counts } = counting(open(":memory:"));
    const store = sqliteStore(database);
    const cost = async (run: () => unknown): Promise<unknown> => {
      counts.clear();
      await run();
      return Object.fromEntries(counts);
    };
    const key = await store.writeSession(undefined, { n: 1 }, at(0));
    const seen = await store.readSession(key, at(0));
    const [next, maxAge] = [() => ({ n: 2 }), { maxAge: 100 }];
    assert.deepEqual(await cost(() => store.writeSession(undefined, { n: 1 }, at(0))), { INSERT: 1 });
    assert.deepEqual(await cost(() => store.readSession(key, at(0))), { SELECT: 1 });
    assert.deepEqual(await cost(() => store.renewSession(key, seen ?? {}, at(9_999, maxAge))), {});
    assert.deepEqual(await cost(() => store.updateSession(key, next, seen, at(0))), { UPDATE: 1 });
    assert.deepEqual(await cost(() => store.updateSession(key, next, seen, at(0))), { UPDATE: 2, SELECT: 1 });
    assert.deepEqual(await cost(() => store.updateSession(key, next, { n: 2 }, at(0))), { UPDATE: 1, SELECT: 1 });
    assert.deepEqual(await cost(() => store.deleteSession(key, at(0))), { DELETE: 1 });
    assert.deepEqual(await cost(() => store.listSessions("ada", at(0))), { SELECT: 1 });
    assert.deepEqual(await cost(() => store.revokeSessions("ada", {}, at(0))), { DELETE: 1 });
  });
});

test("a cookie is renewed once a tenth of its Max-Age has passed, by one of two requests", async () => {
  const store = fresh();
  const renew = (now: number): unknown => store.renewSession(key, {}, at(now, { maxAge: 100, ttl: undefined }));
  const key = await store.writeSession(undefined, { a: 1 }, at(0));
  assert.deepEqual(
    [renew(9_999), renew(10_000), renew(10_001), renew(19_999), renew(20_000)],
    [undefined, key, undefined, undefined, key],
  );
  assert.equal(store.renewSession(key, {}, at(1e6)), undefined);
});

describe("the sweep", () => {
  const left = (database: SqliteDatabase): number => rows(database).length;

  test("begins once a minute, takes a bounded share with each call, and goes on until nothing is left", async () => {
    const database = open(":memory:");
    const store = sqliteStore(database);
    for (let count = 0; count < 250; count++) await store.writeSession(undefined, {}, at(0, { ttl: 10 }));
    const kept = await store.writeSession(undefined, { kept: true }, at(0));
    const endless = await store.writeSession(undefined, { endless: true }, at(0, { ttl: undefined }));
    const sizes: number[] = [];
    for (const now of [59_999, 60_000, 60_000, 60_000, 60_000]) {
      await store.readSession("no such key", at(now));
      sizes.push(left(database));
    }
    assert.deepEqual(sizes, [252, 152, 52, 2, 2]);
    await store.writeSession(undefined, {}, at(60_001, { ttl: 1 }));
    await store.readSession("no such key", at(119_999));
    assert.equal(left(database), 3);
    await store.readSession("no such key", at(120_000));
    assert.equal(left(database), 2);
    for (const key of [kept, endless]) assert.ok(await store.readSession(key, at(120_000)));
  });

  test("that fails does not fail a request", async () => {
    const database = open(":memory:");
    const store = sqliteStore(database);
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    database.exec("CREATE TRIGGER never BEFORE DELETE ON ringlet_sessions BEGIN SELECT raise(ABORT, 'never'); END");
    await store.writeSession(undefined, {}, at(0, { ttl: 1 }));
    assert.deepEqual(await store.readSession(key, at(60_000)), { a: 1 });
    assert.throws(() => store.deleteSession(key, at(60_001)), /never/);
  });
});

describe("the table", () => {
  test("is one of several in a database", async () => {
    const database = open(":memory:");
    const [one, other] = [sqliteStore(database), sqliteStore(database, { table: "Admin_Sessions2" })];
    const key = await one.writeSession(undefined, { a: 1 }, at(0));
    assert.equal(await other.readSession(key, at(0)), undefined);
    await other.writeSession(key, { b: 1 }, at(0));
    assert.deepEqual(await one.readSession(key, at(0)), { a: 1 });
    assert.equal(rows(database, "Admin_Sessions2").length, 1);
  });

  test("may be named like a keyword of SQL", async () => {
    const store = fresh({ table: "order" });
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    await store.updateSession(key, () => ({ a: 2 }), undefined, at(0));
    assert.deepEqual(await store.readSession(key, at(0)), { a: 2 });
  });

  test("is searched by its indexes", () => {
    const database = open(":memory:");
    sqliteStore(database);
    const plan = (where: string): string =>
      JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN SELECT rowid FROM ringlet_sessions WHERE ${where}`).all());
    assert.match(plan("principal = ? AND (expires IS NULL OR expires >= ?)"), /ringlet_sessions_principal/);
    assert.match(plan("expires < ? LIMIT 100"), /ringlet_sessions_expires/);
  });

  test("is refused if another application made it", () => {
    const database = open(":memory:");
    database.exec("CREATE TABLE ringlet_sessions (sid TEXT, expires INTEGER)");
    assert.throws(() => sqliteStore(database), {
      name: "TypeError",
      message:
        'sqliteStore: table "ringlet_sessions" is there and has no column id, data, principal, created, seen, renewed; give another name with the option table',
    });
  });
});

test("the owner's options of a database do not disturb the store", { skip: withoutNode }, async () => {
  for (const options of [{ readBigInts: true }, { returnArrays: true }]) {
    const store = sqliteStore(openNode(":memory:", options));
    const key = await store.writeSession(undefined, { n: 1 }, at(0, { principal: "ada" }));
    await store.updateSession(key, () => ({ n: 2 }), undefined, at(1, { principal: "ada" }));
    assert.deepEqual(await store.readSession(key, at(100_000)), { n: 2 });
    const listed = await store.listSessions("ada", at(100_000));
    assert.deepEqual(listed, [{ handle: handleOf(key), session: { n: 2 }, created: START, lastSeen: START + 100_000 }]);
  }
});

test("an open transaction is noticed even if the driver does not tell", async () => {
  const database = open(":memory:");
  const { inTransaction: _told, ...silent } = failing(database, () => undefined);
  const store = sqliteStore(silent);
  database.exec("BEGIN");
  const pending = store.writeSession(undefined, { a: 1 }, at(0));
  assert.ok(pending instanceof Promise);
  database.exec("ROLLBACK");
  assert.deepEqual(await store.readSession(await pending, at(1)), { a: 1 });
  database.close();
  assert.throws(() => store.readSession("key", at(2)), /not open/);
});

test("a file that libsql has opened is refused, and left as it was", () => {
  const path = freshPath();
  const database = openLibsql(path);
  assert.throws(() => sqliteStore(database), {
    name: "TypeError",
    message:
      "sqliteStore: database must not be a file that libsql has opened, got one; libsql loses writes, log-outs too, where several processes share a file; take node:sqlite or better-sqlite3",
  });
  assert.deepEqual(database.prepare("SELECT name FROM sqlite_master").all(), []);
  database.exec("ATTACH ':memory:' AS other");
  assert.throws(() => sqliteStore(database), TypeError);
  const inMemory = openLibsql(":memory:");
  inMemory.exec(`ATTACH '${path}' AS other`);
  assert.ok(sqliteStore(inMemory));
});

describe("a session that cannot be stored, or a damaged one,", () => {
  test("is an error that does not show its content", async () => {
    const database = open(":memory:");
    const store = sqliteStore(database);
    const key = await store.writeSession(undefined, { a: 1 }, at(0, { principal: "ada" }));
    database.exec(`UPDATE ringlet_sessions SET data = '{"secret":"hunter2'`);
    const calls = [
      () => store.readSession(key, at(1)),
      () => store.updateSession(key, () => ({}), undefined, at(1)),
      () => store.listSessions("ada", at(1)),
    ];
    for (const call of calls) assert.throws(call, { name: "TypeError", message: "stored session is not JSON" });
    assert.deepEqual(await store.revokeSessions("ada", {}, at(1)), [handleOf(key)]);
    assert.throws(() => store.writeSession(undefined, { when: new Date() }, at(1)), SessionDataError);
  });

  test("is so with a custom codec too", async () => {
    const codec = {
      encode: (session: object): string => String(Reflect.get(session, "text")),
      decode(text: string) {
        if (text === "bad") throw new Error(`cannot read ${text}`);
        return { text };
      },
    };
    const store = fresh({ codec });
    const key = await store.writeSession(undefined, { text: "é😀\n" }, at(0));
    assert.deepEqual(await store.readSession(key, at(0)), { text: "é😀\n" });
    for (const text of ["a\0b", "\ud800"]) {
      assert.throws(() => store.writeSession(undefined, { text }, at(0)), SessionDataError);
    }
    const bad = await store.writeSession(undefined, { text: "bad" }, at(0));
    assert.throws(() => store.readSession(bad, at(0)), /^TypeError: sqliteStore: codec.decode failed/);
  });
});

describe("migrate", () => {
  test("takes over sessions from another store, even if the key has an expired one", async () => {
    const from = memoryStore();
    const store = fresh({ migrate: { from, until: new Date(START + 1e9) } });
    const key = await from.writeSession(undefined, { old: true }, at(0));
    assert.deepEqual(await store.readSession(key, at(1)), { old: true });
    assert.equal(await from.readSession(key, at(1)), undefined);
    await from.writeSession(key, { old: "again" }, at(700_000));
    assert.deepEqual(await store.readSession(key, at(700_000)), { old: "again" });
  });

  test("keeps a session that was written meanwhile", async () => {
    const from = memoryStore();
    const key = await from.writeSession(undefined, { old: true }, at(0));
    let reads = 0;
    const readSession = (): SessionData => {
      if (reads++ === 0) void store.writeSession(key, { fresh: true }, at(0));
      return { old: true };
    };
    const late = { ...from, readSession };
    const store = fresh({ migrate: { from: late, until: new Date(START + 1e9) } });
    assert.deepEqual(await store.readSession(key, at(1)), { fresh: true });
  });
});

test("an update that deletes runs again on the newest session first", async () => {
  const store = fresh();
  const key = await store.writeSession(undefined, { n: 1 }, at(0));
  const seen = await store.readSession(key, at(0));
  await store.updateSession(key, () => ({ n: 2 }), undefined, at(0));
  const seenByUpdate: unknown[] = [];
  const take = (session: object): null => (seenByUpdate.push(session), null);
  assert.equal(await store.updateSession(key, take, seen, at(0)), key);
  assert.deepEqual(seenByUpdate, [{ n: 1 }, { n: 2 }]);
});

test("a principal with quotes differs from one that is stored in quotes", async () => {
  const store = fresh();
  for (const principal of ["a\0", JSON.stringify("a\0")]) {
    const key = await store.writeSession(undefined, {}, at(0, { principal }));
    assert.deepEqual(
      (await store.listSessions(principal, at(0))).map(({ handle }) => handle),
      [handleOf(key)],
    );
  }
});

describe("close", () => {
  test("leaves a given database open, and ends the store", () => {
    const database = open(":memory:");
    const store = sqliteStore(database);
    store.close();
    store.close();
    assert.throws(() => store.readSession("key", at(0)), /^Error: sqliteStore: the store is closed$/);
    assert.equal(rows(database).length, 0);
  });

  test("ends a call that waits for a lock", async () => {
    const database = open(":memory:");
    const store = sqliteStore(database);
    database.exec("BEGIN");
    const pending = store.writeSession(undefined, {}, at(0));
    store.close();
    await assert.rejects(async () => pending, /the store is closed/);
  });

  test("closes a database that the store has opened", { skip: withoutNode }, async () => {
    const path = freshPath();
    const store = sqliteStore(path);
    const key = await store.writeSession(undefined, { a: 1 }, at(0));
    const other = openNode(path);
    assert.deepEqual({ ...(other.prepare("PRAGMA journal_mode").get() as object) }, { journal_mode: "wal" });
    other.close();
    store.close();
    store.close();
    assert.throws(() => store.readSession(key, at(0)), /closed/);
    assert.deepEqual(await sqliteStore(path).readSession(key, at(0)), { a: 1 });
    assert.equal(await sqliteStore(":memory:").readSession(key, at(0)), undefined);
  });
});

describe("mistakes", () => {
  const database = open(":memory:");
  const mistakes: readonly (readonly [given: unknown, options: unknown, message: RegExp])[] = [
    [
      undefined,
      {},
      /^sqliteStore: database must be a path, a DatabaseSync of node:sqlite or a Database of .*, got undefined$/,
    ],
    [{ prepare() {} }, {}, /^sqliteStore: database must be a path.* got an object$/],
    [
      asynchronous(),
      {},
      /^sqliteStore: database must answer at once, got a Promise where a row was due; take node:sqlite/,
    ],
    ["", {}, /^sqliteStore: path must not be empty; for a database in memory write ":memory:"$/],
    [database, { tabel: "x" }, /^sqliteStore: unknown option "tabel"; did you mean "table"\?$/],
    [database, { table: 'a"b' }, /^sqliteStore: table must be letters, digits and underscores.* got "a\\"b"$/],
    [database, { table: "sqlite_x" }, /table must be/],
    [database, { table: "1a" }, /table must be/],
    [database, { table: "" }, /table must be/],
    [database, { table: 7 }, /table must be.* got 7$/],
    [database, { codec: {} }, /^sqliteStore: codec must be \{ encode, decode \}/],
    [database, { migrate: {} }, /^sqliteStore: migrate.from must be a session store/],
    [database, [], /^sqliteStore: options must be an object, got a list$/],
  ];
  for (const [given, options, message] of mistakes) {
    test(message.source.slice(0, 70), () => {
      assert.throws(
        () => sqliteStore(given as SqliteDatabase, options as SqliteStoreOptions),
        (error) => error instanceof TypeError && message.test(error.message),
      );
    });
  }

  test("a path in a Node without SQLite", { skip: withoutNode === false && "it has" }, () => {
    assert.throws(() => sqliteStore("sessions.db"), {
      name: "TypeError",
      message: `sqliteStore: node:sqlite, which opens a path, is not in Node ${process.version}; give a better-sqlite3 database: sqliteStore(new Database(path))`,
    });
  });

  test("a path that leads nowhere", { skip: withoutNode }, () => {
    assert.throws(() => sqliteStore("/nowhere/at/all.db"), /unable to open database file/);
  });
});

function asynchronous(): object {
  const statement = { get: async () => ({ timeout: 0 }), all: async () => [], run: async () => undefined };
  return { prepare: () => statement, exec: async () => undefined, close: async () => undefined };
}
