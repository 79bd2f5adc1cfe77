import process from "node:process";

import { kindOf } from "../../shared/values.ts";

/** A value that a statement takes. */
export type SqliteValue = string | number | null;

/** A prepared statement, as node:sqlite and better-sqlite3 have it. */
export interface SqliteStatement {
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
}

/**
 * A database, as far as it is used: `DatabaseSync` of node:sqlite, `Database` of better-sqlite3, or of libsql in
 * memory.
 */
export interface SqliteDatabase {
  prepare(source: string): SqliteStatement;
  exec(source: string): unknown;
  close(): unknown;
  /** In better-sqlite3 and libsql: whether a transaction is open. */
  readonly inTransaction?: boolean | undefined;
  /** The same in node:sqlite of Node 22.16 and later. */
  readonly isTransaction?: boolean | undefined;
}

/** A database, and how long its owner waits for locks. */
export interface Connection {
  readonly database: SqliteDatabase;
  /** Whether the store has opened it. */
  readonly own: boolean;
  /** Milliseconds that a statement of its owner stops the process for a lock (`busy_timeout`). */
  readonly timeout: number;
}

/** A statement that can be told which kinds of values to return, if the database has another default. */
type ModalStatement = SqliteStatement & {
  safeIntegers?(on: boolean): unknown;
  setReadBigInts?(on: boolean): unknown;
  setReturnArrays?(on: boolean): unknown;
};

/** Milliseconds that a new store waits for others that are made on the same file. */
const SETUP_TIMEOUT = 5000;

/**
 * Takes the database that is given, or opens one by its path, and sets it up.
 *
 * @throws TypeError if it is neither, if there is no node:sqlite, or if libsql has opened a file
 */
export function connect(where: string, given: unknown, setUp: (database: SqliteDatabase) => void): Connection {
  const own = typeof given === "string";
  const database = own ? openDatabase(where, given) : checkedDatabase(where, given);
  const timeout = own ? 0 : timeoutOf(where, database);
  try {
    setTimeoutOf(database, SETUP_TIMEOUT);
    if (own) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    setUp(database);
    setTimeoutOf(database, timeout);
  } catch (error) {
    if (own) database.close();
    else setTimeoutOf(database, timeout);
    throw error;
  }
  return { database, own, timeout };
}

/** Sets how long the statements that follow stop the process for a lock. */
export function setTimeoutOf(database: SqliteDatabase, milliseconds: number): void {
  database.exec(`PRAGMA busy_timeout = ${milliseconds}`);
}

/** Prepares a statement that returns rows as objects, and integers as numbers. */
export function prepare(database: SqliteDatabase, source: string): SqliteStatement {
  const statement: ModalStatement = database.prepare(source);
  statement.safeIntegers?.(false);
  statement.setReadBigInts?.(false);
  statement.setReturnArrays?.(false);
  return statement;
}

function openDatabase(where: string, path: string): SqliteDatabase {
  if (path === "") throw new TypeError(`${where}: path must not be empty; for a database in memory write ":memory:"`);
  const sqlite = process.getBuiltinModule("node:sqlite") as
    | { readonly DatabaseSync: new (path: string) => SqliteDatabase }
    | undefined;
  if (sqlite !== undefined) return new sqlite.DatabaseSync(path);
  const cure = `give a better-sqlite3 database: ${where}(new Database(path))`;
  throw new TypeError(`${where}: node:sqlite, which opens a path, is not in Node ${process.version}; ${cure}`);
}

function checkedDatabase(where: string, given: unknown): SqliteDatabase {
  const members = Object(given) as Readonly<Record<string, unknown>>;
  if (["prepare", "exec", "close"].every((name) => typeof members[name] === "function")) return given as SqliteDatabase;
  const wanted = "a path, a DatabaseSync of node:sqlite or a Database of better-sqlite3";
  throw new TypeError(`${where}: database must be ${wanted}, got ${kindOf(given)}`);
}

/** Returns the timeout of a database, and refuses a database that cannot be used. */
function timeoutOf(where: string, database: SqliteDatabase): number {
  const statement: Partial<SqliteStatement> = prepare(database, "PRAGMA busy_timeout");
  const row = statement.get?.();
  // Rows of libsql alone have `_metadata`.
  const { timeout, _metadata: ofLibsql } = Object(row) as { readonly timeout?: unknown; readonly _metadata?: unknown };
  const cure = "take node:sqlite or better-sqlite3";
  if (typeof timeout !== "number") {
    throw new TypeError(`${where}: database must answer at once, got ${kindOf(row)} where a row was due; ${cure}`);
  }
  if (ofLibsql !== undefined && isFile(database)) {
    const reason = "libsql loses writes, log-outs too, where several processes share a file";
    throw new TypeError(`${where}: database must not be a file that libsql has opened, got one; ${reason}; ${cure}`);
  }
  return timeout;
}

/** Returns whether its sessions would be in a file, and not in memory. */
function isFile(database: SqliteDatabase): boolean {
  const list = prepare(database, "PRAGMA database_list").all() as { readonly name: string; readonly file: string }[];
  return list.some(({ name, file }) => name === "main" && file !== "");
}
