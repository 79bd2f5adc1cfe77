import assert from "node:assert/strict";
import { test } from "node:test";

import type { PGlite } from "@electric-sql/pglite";
import pg from "pg";

import { postgresStore, postgresTable, type PostgresClient } from "../../../src/stores/postgres/postgres.ts";

const client: PostgresClient = { query: async () => ({ rows: [] }) };

test("the types of real clients fit", () => {
  const compiled = (pool: pg.Pool, single: pg.Client, lent: pg.PoolClient, lite: PGlite): unknown => [
    postgresStore(pool),
    postgresStore(single),
    postgresStore(lent),
    postgresStore(lite),
    // @ts-expect-error a connection string is not a client
    () => postgresStore("postgres://127.0.0.1/test"),
  ];
  assert.equal(compiled.length, 4);
});

test("a value that is not a client is refused, with a cure", () => {
  const wrong: readonly (readonly [given: unknown, got: string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    ["postgres://postgres:hunter2@127.0.0.1/test", "text"],
    [{ connectionString: "postgres://127.0.0.1/test" }, "an object"],
    [pg.Pool, "a function"],
  ];
  for (const [given, got] of wrong) {
    assert.throws(() => postgresStore(given as PostgresClient), {
      name: "TypeError",
      message: `postgresStore: client must have a function query, got ${got}; give a Pool or a Client of pg, as in postgresStore(new Pool({ connectionString })), or a PGlite`,
    });
  }
});

test("options are checked when the store is built", () => {
  const wrong: readonly (readonly [options: Record<string, unknown>, message: string])[] = [
    [{ tabel: "a" }, 'postgresStore: unknown option "tabel"; did you mean "table"?'],
    [{ unlogged: 1 }, "postgresStore: unlogged must be true or false, got 1"],
    [{ createTable: "no" }, 'postgresStore: createTable must be true or false, got "no"'],
    [{ preparedStatements: null }, "postgresStore: preparedStatements must be true or false, got null"],
    [
      { preparedStatements: true },
      "postgresStore: preparedStatements needs a Pool or a Client of pg, got another client",
    ],
    [{ codec: JSON }, "postgresStore: codec must be { encode, decode }, two functions, got an object"],
    [
      { migrate: { from: {}, until: new Date(0) } },
      "postgresStore: migrate.from must be a session store, got an object",
    ],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => postgresStore(client, options), { name: "TypeError", message });
  }
  assert.throws(() => postgresTable({ codec: 1 } as object), { message: /^postgresTable: unknown option "codec"/ });
});

test("a table name that is not a plain name is refused", () => {
  const hostile = [
    "",
    ".",
    "a.",
    ".a",
    "a.b.c",
    "1a",
    "a b",
    'a"b',
    "a;DROP TABLE users",
    "a--",
    "a\0",
    "é",
    "\u212a",
    "a".repeat(51),
    7,
    null,
  ];
  for (const table of hostile) {
    assert.throws(() => postgresStore(client, { table: table as string }), {
      name: "TypeError",
      message: /^postgresStore: table must be a name or schema\.name \(ASCII letters, digits and underscores, /,
    });
    assert.throws(() => postgresTable({ table: table as string }), /^TypeError: postgresTable: table must be/);
  }
  for (const table of ["a", "_", "A1_b", "web.sessions", "a".repeat(50)]) assert.ok(postgresStore(client, { table }));
  assert.match(postgresTable({ table: "web.Order" }), /^CREATE TABLE IF NOT EXISTS "web"\."Order" \(/);
  assert.match(postgresTable(), /^CREATE TABLE IF NOT EXISTS "ringlet_sessions" \(/);
  assert.match(postgresTable({ unlogged: true }), /^CREATE UNLOGGED TABLE IF NOT EXISTS /);
});
