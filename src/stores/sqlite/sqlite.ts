/**
 * Sessions in SQLite: a file of this machine, shared by its processes.
 *
 * @module
 */

import { createKey, handleOf } from "../../crypto/session-key.ts";
import { migrating, type Migration } from "../shared/migration.ts";
import { checkNames } from "../../shared/options.ts";
import { MOST_RUNS } from "../shared/optimistic.ts";
import { createRows } from "../shared/rows.ts";
import { columnExpires, isDue, type SessionRow } from "../shared/row-times.ts";
import { connect, type SqliteDatabase } from "./database.ts";
import { createGate, createPatience, isLocked } from "./locks.ts";
import { createSweep } from "./sweep.ts";
import { checkedTable, makeTable, quotedPrincipal, sessionTable, type Entry } from "./table.ts";
import { textCodec } from "../shared/text-codec.ts";
import type {
  AtomicSessionStore,
  Awaitable,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionCodec,
  SessionData,
  StoreContext,
} from "../../types.ts";

export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./database.ts";

/** What `sqliteStore` takes. */
export interface SqliteStoreOptions {
  /** The table. It is made if it is not there. Default `"ringlet_sessions"`. */
  readonly table?: string | undefined;
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
  /** Takes over the sessions of another store until a date. */
  readonly migrate?: Migration | undefined;
}

/** A store in SQLite. */
export interface SqliteStore extends AtomicSessionStore, IndexedSessionStore, RenewingSessionStore {
  /** Ends the store: calls fail from then on. Closes the database if the store opened it. */
  readonly close: () => void;
}

/**
 * Makes a store in SQLite: atomic across the processes of one machine, and durable. Give it a path, which node:sqlite
 * opens (Node 22.13 or later), or a database of node:sqlite or better-sqlite3. The table is made if it is not there.
 *
 * It returns at once. If another process holds a lock, it waits in the background, until the call's deadline.
 *
 * libsql is refused unless its database is in memory: it loses writes if several processes share a file.
 *
 * @example
 * ```ts
 * import { wrapSession } from "ringlet";
 * import { sqliteStore } from "ringlet/stores/sqlite";
 *
 * const app = wrapSession(() => ({ body: "Hello" }), { store: sqliteStore("sessions.db") });
 * ```
 * @throws TypeError if an argument is not valid, and an error of SQLite if the database cannot be opened
 */
export function sqliteStore(database: string | SqliteDatabase, options: SqliteStoreOptions = {}): SqliteStore {
  const where = "sqliteStore";
  checkNames(where, "option", options, ["table", "codec", "migrate"]);
  const name = checkedTable(where, options.table ?? "ringlet_sessions");
  const codec = textCodec(where, "SQLite", options.codec);
  const connection = connect(where, database, (opened) => makeTable(where, opened, name));
  const table = sessionTable(connection.database, name, createGate(connection));
  const patiently = createPatience();
  const sweep = createSweep(table.sweep);
  const rows = createRows<SessionRow>(codec, ({ data }) => data);
  let closed = false;

  const call = <T>(context: StoreContext, attempt: () => T): Awaitable<T> => {
    const answer = patiently(context, () => {
      if (closed) throw new Error(`${where}: the store is closed`);
      return attempt();
    });
    sweep(context.now);
    return answer;
  };

  /** Returns the row of a session; undefined if there is none, or it has expired. */
  const find = (handle: string, { now, report }: StoreContext): SessionRow | undefined => {
    const row = table.find(handle);
    if (row === undefined || row.expires === null || row.expires >= now) return row;
    report?.("expired");
    return undefined;
  };

  const slide = (handle: string, row: SessionRow, context: StoreContext): void => {
    const { now, ttl } = context;
    if (!isDue(row, context)) return;
    try {
      table.slide(handle, now, columnExpires(context));
    } catch (error) {
      // While half of the time is left, the next read can do it as well, and nobody waits for a lock.
      const canWait = row.expires === null || ttl === undefined || row.expires - now > ttl * 500;
      if (!canWait || !isLocked(error)) throw error;
    }
  };

  /** Puts the next session in the place of this very data, or deletes it. Returns whether the data was there. */
  const exchange = (handle: string, data: string, next: SessionData | null, context: StoreContext): boolean =>
    next === null
      ? table.take(handle, data, context.now)
      : table.replace(handle, data, entryOf(codec.encode(next), context));

  const insert = (key: string, session: SessionData, context: StoreContext): Awaitable<boolean> => {
    const entry = entryOf(codec.encode(session), context);
    return call(context, () => table.insert(handleOf(key), entry));
  };

  const store: SqliteStore = {
    readSession(key, context) {
      const handle = handleOf(key);
      return call(context, () => {
        const row = find(handle, context);
        if (row === undefined) return undefined;
        slide(handle, row, context);
        return rows.sessionOf(row);
      });
    },
    writeSession(given, session, context) {
      const key = given ?? createKey();
      const entry = entryOf(codec.encode(session), context);
      return call(context, () => {
        table.write(handleOf(key), entry);
        return key;
      });
    },
    deleteSession: (key, context) => call(context, () => table.remove(handleOf(key))),
    updateSession(key, update, seen, context) {
      const handle = handleOf(key);
      // Kept when a lock ends an attempt: the next one goes on from here.
      let row = seen && rows.rowOf(seen);
      let hasRun = false;
      return call(context, () => {
        row ??= find(handle, context);
        for (let run = 0; row !== undefined; run++) {
          if (run === MOST_RUNS) throw new Error(`${where}: an update was overtaken ${MOST_RUNS} times`);
          hasRun = true;
          if (exchange(handle, row.data, update(rows.currentOf(row, seen)), context)) return key;
          row = find(handle, context);
        }
        if (hasRun) context.report?.("gone");
        return undefined;
      });
    },
    renewSession(key, session, context) {
      const { now, maxAge } = context;
      if (maxAge === undefined) return undefined;
      const due = now - maxAge * 100;
      if ((rows.rowOf(session)?.renewed ?? due) > due) return undefined;
      const handle = handleOf(key);
      return call(context, () => {
        const row = find(handle, context);
        return row !== undefined && row.renewed <= due && table.renew(handle, due, now) ? key : undefined;
      });
    },
    listSessions: (principal, context) =>
      call(context, () =>
        table.list(quotedPrincipal(principal), context.now).map(({ id, data, created, seen }) => ({
          handle: id,
          session: codec.decode(data),
          created,
          lastSeen: seen,
        })),
      ),
    revokeSessions: (principal, which, context) =>
      call(context, () => table.revoke(quotedPrincipal(principal), which, context.now)),
    close() {
      if (!closed && connection.own) connection.database.close();
      closed = true;
    },
  };
  return migrating(where, store, insert, options.migrate);
}

function entryOf(data: string, context: StoreContext): Entry {
  const { now, principal } = context;
  return {
    data,
    principal: principal === undefined ? null : quotedPrincipal(principal),
    now,
    expires: columnExpires(context),
  };
}
