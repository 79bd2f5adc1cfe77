/**
 * Sessions in PostgreSQL, through a client of the application's.
 *
 * @module
 */

import { createKey, handleOf } from "../../crypto/session-key.ts";
import { migrating, type Migration } from "../shared/migration.ts";
import { createRows } from "../shared/rows.ts";
import { optimistic } from "../shared/optimistic.ts";
import { checkFlag, checkNames } from "../../shared/options.ts";
import { codeOf, createRun, type PostgresClient, type ResultRow, type Statement, type Value } from "./client.ts";
import { handleText, nowOf, principalOrHash, sessionRow } from "./row.ts";
import { statements } from "./statements.ts";
import { createSweep } from "./sweep.ts";
import { createTableMaker, quotedTable, tableText, type PostgresTableOptions } from "./table.ts";
import { columnExpires, isDue, type SessionRow } from "../shared/row-times.ts";
import { textCodec } from "../shared/text-codec.ts";
import type {
  AtomicSessionStore,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionCodec,
  StoreContext,
} from "../../types.ts";

export type { PostgresClient } from "./client.ts";
export type { PostgresTableOptions } from "./table.ts";

/** What `postgresStore` takes. */
export interface PostgresStoreOptions extends PostgresTableOptions {
  /** Makes the table before the first call, if it is not there. Default true. False: see `postgresTable`. */
  readonly createTable?: boolean | undefined;
  /**
   * Lets the server keep statements prepared: half the work. Do not set it behind a PgBouncer that cannot. Default
   * false.
   */
  readonly preparedStatements?: boolean | undefined;
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
  /** Takes over the sessions of another store until a date. */
  readonly migrate?: Migration | undefined;
}

/** A store in PostgreSQL. */
export interface PostgresStore extends AtomicSessionStore, IndexedSessionStore, RenewingSessionStore {}

const TABLE_OPTIONS = ["table", "unlogged"];

const UNDEFINED_TABLE = "42P01";

/**
 * Makes a store in PostgreSQL 12 or later: atomic across processes, with an index of principals. `client` is usually a
 * Pool of `pg`; a Client and a PGlite will do. A read is one statement, a change one more. The table holds the SHA-256
 * of a key, never the key.
 *
 * @example
 * ```ts
 * import { Pool } from "pg";
 * import { wrapSession } from "ringlet";
 * import { postgresStore } from "ringlet/stores/postgres";
 *
 * const pool = new Pool({ connectionString: process.env["DATABASE_URL"], connectionTimeoutMillis: 1000 });
 *
 * const app = wrapSession(() => ({ body: "Hello" }), { store: postgresStore(pool) });
 * ```
 * @throws TypeError if the client or an option is not valid. Writing rejects with a `SessionDataError` for data that
 *   JSON cannot carry
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  const where = "postgresStore";
  checkNames(where, "option", options, [...TABLE_OPTIONS, "createTable", "preparedStatements", "codec", "migrate"]);
  const { createTable = true, preparedStatements = false, unlogged = false } = options;
  checkFlag(where, "createTable", createTable);
  checkFlag(where, "preparedStatements", preparedStatements);
  checkFlag(where, "unlogged", unlogged);
  const table = quotedTable(where, options.table);
  const codec = textCodec(where, "PostgreSQL", options.codec);
  const run = createRun(where, client, preparedStatements);
  const maker = createTable ? createTableMaker(run, table, unlogged) : undefined;
  const sql = statements(table);
  const sweep = createSweep(run, sql);

  const query = async (statement: Statement, values: Value[], context: StoreContext): Promise<readonly ResultRow[]> => {
    await maker?.ready(context);
    try {
      const rows = await run(statement, values, context);
      sweep(context.now);
      return rows;
    } catch (error) {
      if (codeOf(error) === UNDEFINED_TABLE) maker?.doubt();
      throw error;
    }
  };

  const did = async (statement: Statement, values: Value[], context: StoreContext): Promise<boolean> =>
    (await query(statement, values, context)).length > 0;

  /** Returns the row of a session; undefined if there is none, or it has expired. */
  const load = async (key: string, context: StoreContext): Promise<SessionRow | undefined> => {
    const [row] = await query(sql.read, [handleOf(key)], context);
    if (row === undefined) return undefined;
    const stored = sessionRow(row);
    if (stored.expires === null || stored.expires >= nowOf(context)) return stored;
    context.report?.("expired");
    return undefined;
  };

  const valuesOf = (key: string, data: string, context: StoreContext): Value[] => {
    const { principal } = context;
    const owner = principal === undefined ? null : principalOrHash(principal);
    return [handleOf(key), data, owner, nowOf(context), columnExpires(context)];
  };

  const rows = createRows<NewestRow>(codec, ({ data }) => data);

  const updateSession = optimistic<NewestRow>(where, {
    rows,
    load,
    async replace(key, row, next, context) {
      const data = next && codec.encode(next);
      const done =
        data === null
          ? did(sql.remove, [handleOf(key), nowOf(context), row.data], context)
          : did(sql.replace, [...valuesOf(key, data, context), row.data], context);
      if (!(await done)) return { done: false, row: await load(key, context) };
      return { done: true, row: data === null ? undefined : { data } };
    },
  });

  const store: PostgresStore = {
    async readSession(key, context) {
      const stored = await load(key, context);
      if (stored === undefined) return undefined;
      if (isDue(stored, context)) {
        const expires = columnExpires(context) ?? stored.expires;
        await query(sql.slide, [handleOf(key), stored.seen, nowOf(context), expires], context);
      }
      return rows.sessionOf(stored);
    },
    async writeSession(given, session, context) {
      const key = given ?? createKey();
      await query(sql.write, valuesOf(key, codec.encode(session), context), context);
      return key;
    },
    async deleteSession(key, context) {
      await query(sql.delete, [handleOf(key)], context);
    },
    updateSession,
    async renewSession(key, session, context) {
      if (context.maxAge === undefined) return undefined;
      const latest = Math.floor(context.now - context.maxAge * 100);
      if ((rows.rowOf(session)?.renewed ?? latest) > latest) return undefined;
      return (await did(sql.renew, [handleOf(key), nowOf(context), latest], context)) ? key : undefined;
    },
    async listSessions(principal, context) {
      const listed = await query(sql.list, [principalOrHash(principal), nowOf(context)], context);
      return listed.map(({ id, data, created, seen }) => ({
        handle: String(id),
        session: codec.decode(String(data)),
        created: Number(created),
        lastSeen: Number(seen),
      }));
    },
    async revokeSessions(principal, { only, except }, context) {
      const values = [principalOrHash(principal), nowOf(context), handleText(only), handleText(except)];
      return (await query(sql.revoke, values, context)).map(({ id }) => String(id));
    },
  };

  return migrating(
    where,
    store,
    (key, session, context) => did(sql.insert, valuesOf(key, codec.encode(session), context), context),
    options.migrate,
  );
}

/** A row as far as it is known: of one that was just written, its text. */
type NewestRow = Pick<SessionRow, "data"> & Partial<SessionRow>;

/**
 * Returns the SQL that makes the table and its indexes, for a migration of the application's own. Give `postgresStore`
 * `createTable: false` then; its role needs no right to create.
 *
 * @example
 * ```ts
 * import { postgresTable } from "ringlet/stores/postgres";
 *
 * process.stdout.write(postgresTable({ table: "web.sessions" }));
 * ```
 * @throws TypeError if an option is not valid
 */
export function postgresTable(options: PostgresTableOptions = {}): string {
  const where = "postgresTable";
  checkNames(where, "option", options, TABLE_OPTIONS);
  const { unlogged = false } = options;
  checkFlag(where, "unlogged", unlogged);
  return tableText(quotedTable(where, options.table), unlogged);
}
