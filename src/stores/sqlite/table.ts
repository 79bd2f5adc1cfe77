import type { Revocation } from "../../types.ts";
import { show } from "../../shared/values.ts";
import { prepare, type SqliteDatabase, type SqliteStatement } from "./database.ts";
import type { Gate } from "./locks.ts";
import type { SessionRow } from "../shared/row-times.ts";
import { isStorable } from "../shared/text-codec.ts";

/** A session of a principal, as the list has it. */
export interface ListedRow {
  readonly id: string;
  readonly data: string;
  readonly created: number;
  readonly seen: number;
}

/** The values that a session is written with. */
export interface Entry {
  readonly data: string;
  readonly principal: string | null;
  readonly now: number;
  readonly expires: number | null;
}

/** The operations on the table. Each is one statement that commits by itself, and so indivisible. */
export interface SessionTable {
  /** Returns the row of a session, expired or not. */
  readonly find: (handle: string) => SessionRow | undefined;
  /** Notes that a session was seen, and when it now expires; null leaves that time as it is. */
  readonly slide: (handle: string, now: number, expires: number | null) => void;
  /** Writes a session under a handle, over what stands there. */
  readonly write: (handle: string, entry: Entry) => void;
  /** Writes a session under a handle, unless one stands there that has not expired. Returns whether it did. */
  readonly insert: (handle: string, entry: Entry) => boolean;
  /** Writes over this very data, unless the session has expired. Returns whether it did. */
  readonly replace: (handle: string, data: string, entry: Entry) => boolean;
  /** Deletes this very data, unless the session has expired. Returns whether it did. */
  readonly take: (handle: string, data: string, now: number) => boolean;
  readonly remove: (handle: string) => void;
  /** Notes that the cookie is sent, if it was last sent at `due` or before. Returns whether it did. */
  readonly renew: (handle: string, due: number, now: number) => boolean;
  readonly list: (principal: string, now: number) => readonly ListedRow[];
  /** Deletes sessions of a principal. Returns their handles. */
  readonly revoke: (principal: string, which: Revocation, now: number) => readonly string[];
  /** Deletes expired sessions, `most` of them at most. Returns how many. */
  readonly sweep: (now: number, most: number) => number;
}

const COLUMNS = ["id", "data", "principal", "created", "seen", "expires", "renewed"];

const IN_TIME = "(expires IS NULL OR expires >= ?)";

/** Safe identifiers. SQLite ignores case in ASCII only, and keeps names that begin with `sqlite_` for itself. */
const IDENTIFIER = /^(?!sqlite_)[a-z_][a-z0-9_]{0,59}$/i;

/**
 * Returns the name of a table.
 *
 * @throws TypeError if it is not a name for a table
 */
export function checkedTable(where: string, name: unknown): string {
  if (typeof name === "string" && IDENTIFIER.test(name)) return name;
  const wanted = "letters, digits and underscores, at most 60, not a digit first nor sqlite_";
  throw new TypeError(`${where}: table must be ${wanted}, got ${show(name)}`);
}

/**
 * Makes the table and its indexes, if they are not there. The table has rowids: with them, rows of some hundred bytes
 * and more are faster to find and to change.
 *
 * @throws TypeError if there is a table of that name with other columns
 */
export function makeTable(where: string, database: SqliteDatabase, table: string): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS "${table}" (
      id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL,
      principal TEXT,
      created INTEGER NOT NULL,
      seen INTEGER NOT NULL,
      expires INTEGER,
      renewed INTEGER NOT NULL
    ) STRICT`);
  const rows = prepare(database, `SELECT name FROM pragma_table_info('${table}')`).all() as { readonly name: string }[];
  const missing = COLUMNS.filter((column) => !rows.some(({ name }) => name === column));
  if (missing.length > 0) {
    const cure = "give another name with the option table";
    throw new TypeError(`${where}: table "${table}" is there and has no column ${missing.join(", ")}; ${cure}`);
  }
  database.exec(
    `CREATE INDEX IF NOT EXISTS "${table}_principal" ON "${table}" (principal) WHERE principal IS NOT NULL`,
  );
  database.exec(`CREATE INDEX IF NOT EXISTS "${table}_expires" ON "${table}" (expires) WHERE expires IS NOT NULL`);
}

/** Prepares the statements. Each goes through the gate. */
export function sessionTable(database: SqliteDatabase, table: string, gate: Gate): SessionTable {
  const name = `"${table}"`;
  const statement = (source: string): SqliteStatement => gated(prepare(database, source), gate);

  const find = statement(`SELECT data, seen, expires, renewed FROM ${name} WHERE id = ?`);
  const slide = statement(`UPDATE ${name} SET seen = ?, expires = coalesce(?, expires) WHERE id = ? AND ${IN_TIME}`);
  const values = `INSERT INTO ${name} (${COLUMNS.join(", ")}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
  const fresh = `data = excluded.data, principal = excluded.principal, seen = excluded.seen, expires = excluded.expires`;
  const isOver = `${name}.expires < excluded.seen`;
  const write = statement(`${values} ON CONFLICT (id) DO UPDATE SET ${fresh},
    created = iif(${isOver}, excluded.created, created), renewed = iif(${isOver}, excluded.renewed, renewed)`);
  const insert = statement(`${values} ON CONFLICT (id) DO UPDATE SET ${fresh},
    created = excluded.created, renewed = excluded.renewed WHERE ${isOver}`);
  const replace = statement(
    `UPDATE ${name} SET data = ?, principal = ?, seen = ?, expires = ? WHERE id = ? AND data = ? AND ${IN_TIME}`,
  );
  const take = statement(`DELETE FROM ${name} WHERE id = ? AND data = ? AND ${IN_TIME}`);
  const remove = statement(`DELETE FROM ${name} WHERE id = ?`);
  const renew = statement(`UPDATE ${name} SET renewed = ? WHERE id = ? AND renewed <= ? AND ${IN_TIME}`);
  const list = statement(`SELECT id, data, created, seen FROM ${name} WHERE principal = ? AND ${IN_TIME}`);
  const revoke = statement(
    `DELETE FROM ${name} WHERE principal = ? AND ${IN_TIME} AND id IS NOT ? AND id = coalesce(?, id) RETURNING id`,
  );
  const sweep = statement(`DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE expires < ? LIMIT ?)`);

  return {
    // Bun returns null for none.
    find: (handle) => (find.get(handle) as SessionRow | null | undefined) ?? undefined,
    slide: (handle, now, expires) => void slide.run(Math.round(now), expires, handle, now),
    write: (handle, entry) => void write.run(...columns(handle, entry)),
    insert: (handle, entry) => insert.run(...columns(handle, entry)).changes === 1,
    replace: (handle, before, { data, principal, now, expires }) =>
      replace.run(data, principal, Math.round(now), expires, handle, before, now).changes === 1,
    take: (handle, data, now) => take.run(handle, data, now).changes === 1,
    remove: (handle) => void remove.run(handle),
    renew: (handle, due, now) => renew.run(Math.round(now), handle, due, now).changes === 1,
    list: (principal, now) => list.all(principal, now) as ListedRow[],
    revoke: (principal, { except, only }, now) =>
      (revoke.all(principal, now, except ?? null, only ?? null) as { readonly id: string }[]).map(({ id }) => id),
    sweep: (now, most) => Number(sweep.run(now, most).changes),
  };
}

function columns(handle: string, { data, principal, now, expires }: Entry): readonly (string | number | null)[] {
  const time = Math.round(now);
  return [handle, data, principal, time, time, expires, time];
}

function gated(statement: SqliteStatement, pass: Gate): SqliteStatement {
  return {
    get: (...values) => pass(() => statement.get(...values)),
    all: (...values) => pass(() => statement.all(...values)),
    run: (...values) => pass(() => statement.run(...values)),
  };
}

/** Returns a principal as the table has it: as it is, or in quotes if SQLite could take it for another one. */
export function quotedPrincipal(principal: string): string {
  return isStorable(principal) && !principal.startsWith('"') ? principal : JSON.stringify(principal);
}
