/** The stores that can be raced, each at a place that several processes can reach. */

import { isBuiltin } from "node:module";

import type { SessionStore } from "ringlet";

/** A store, and the function that closes it. */
export interface OpenStore {
  readonly store: SessionStore;
  readonly close: () => unknown;
}

/** Why SQLite cannot be raced here. False if it can. libsql is no substitute, because it loses writes. */
export const withoutSqlite: string | false =
  !isBuiltin("node:sqlite") && `SQLite is raced on node:sqlite, which needs Node 22.13; this is ${process.version}`;

/** Functions that open a store, by the part of the place before the colon. */
const openers: Readonly<Record<string, (place: string) => Promise<OpenStore>>> = {
  async redis(place) {
    const { redisStore } = await import("ringlet/stores/redis");
    const store = redisStore({ url: place });
    return { store, close: () => store.close() };
  },
  async ioredis(place) {
    const { redisStore } = await import("ringlet/stores/redis");
    const { Redis } = await import("ioredis");
    const client = new Redis(place.replace("ioredis:", "redis:"));
    return { store: redisStore(client), close: () => client.disconnect() };
  },
  async postgres(place) {
    const { postgresStore } = await import("ringlet/stores/postgres");
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: place, max: 8, connectionTimeoutMillis: 5000 });
    return { store: postgresStore(pool), close: () => pool.end() };
  },
  async sqlite(place) {
    if (withoutSqlite) throw new Error(withoutSqlite);
    const { sqliteStore } = await import("ringlet/stores/sqlite");
    const store = sqliteStore(place.slice("sqlite:".length));
    return { store, close: () => store.close() };
  },
};

/** Opens the store of a place: `redis://127.0.0.1:6379`, `sqlite:/tmp/races.db`. */
export function openStore(place: string): Promise<OpenStore> {
  const [kind = ""] = place.split(":");
  const open = Object.hasOwn(openers, kind) ? openers[kind] : undefined;
  if (open !== undefined) return open(place);
  throw new TypeError(`no store is called "${kind}"; known are ${Object.keys(openers).join(", ")}`);
}
