/**
 * Sessions in Redis or Valkey: one server, sentinels or a cluster. After Luminus' Redis store on carmine.
 *
 * @module
 */

import { checkedCodec } from "../../data/json-codec.ts";
import { migrating, type Migration } from "../shared/migration.ts";
import { checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
import { sendBy, type RedisClient, type SendCommand } from "./client.ts";
import { isRedisConnection, ownRedisClient, type RedisConnection } from "./connection.ts";
import { createRedisIndex } from "./listing.ts";
import { createRedisPrincipals } from "./principals.ts";
import { createRedisSessions } from "./sessions.ts";
import type { AtomicSessionStore, IndexedSessionStore, RenewingSessionStore, SessionCodec } from "../../types.ts";

export type { Migration } from "../shared/migration.ts";
export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisPool,
  NodeRedisSentinel,
  RedisClient,
} from "./client.ts";
export type { RedisConnection } from "./connection.ts";

/** What `redisStore` takes. */
export interface RedisStoreOptions {
  /**
   * The text that all keys of the store begin with. Two stores with one prefix in one database are one. Default
   * `"ringlet:"`.
   */
  readonly prefix?: string | undefined;
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
  /** Takes over the sessions of another store as they are read, until a date. */
  readonly migrate?: Migration | undefined;
}

/** A store in Redis. */
export interface RedisStore extends AtomicSessionStore, IndexedSessionStore, RenewingSessionStore {}

/** A store in Redis with a connection of its own. */
export interface ConnectedRedisStore extends RedisStore {
  /** Closes the connection, which otherwise keeps the process alive. The store cannot be used any more. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a store in Redis 6.2 or later, or Valkey: atomic across processes, with an index of principals. A read is one
 * command, which restarts the idle clock. A change is one more.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { wrapSession } from "ringlet";
 * import { redisStore } from "ringlet/stores/redis";
 *
 * const client = createClient({ url: "redis://localhost:6379" });
 * client.on("error", (error) => console.error(error));
 * await client.connect();
 *
 * const app = wrapSession(() => ({ body: "Hello" }), { store: redisStore(client) });
 * ```
 * @param client a node-redis client, pool, cluster or sentinel; or a Redis or Cluster of ioredis or iovalkey
 * @throws TypeError if the client or an option is not valid. Writing rejects with a `SessionDataError` for data that
 *   JSON cannot carry; any call rejects with the client's errors
 */
export function redisStore(client: RedisClient, options?: RedisStoreOptions): RedisStore;
/**
 * Makes a store in Redis with a connection of its own. It connects on first use, by the package `redis`, and connects
 * again by itself for as long as it takes.
 *
 * @example
 * ```ts
 * import { redisStore } from "ringlet/stores/redis";
 *
 * const store = redisStore({ host: "localhost", port: 6379, database: 1, pool: 4 });
 * await store.close();
 * ```
 * @throws TypeError if the connection or an option is not valid
 */
export function redisStore(connection: RedisConnection, options?: RedisStoreOptions): ConnectedRedisStore;
export function redisStore(
  given: RedisClient | RedisConnection,
  options: RedisStoreOptions = {},
): RedisStore | ConnectedRedisStore {
  checkNames("redisStore", "option", options, ["prefix", "codec", "migrate"]);
  if (!isRedisConnection(given)) return createStore(sendBy(given), options);
  const { send, close } = ownRedisClient(given);
  return { ...createStore(send, options), close };
}

function createStore(send: SendCommand, { prefix = "ringlet:", codec: given, migrate }: RedisStoreOptions): RedisStore {
  if (typeof prefix !== "string" || prefix === "") {
    throw new TypeError(`redisStore: prefix must be text of at least one character, got ${show(prefix)}`);
  }
  const codec = checkedCodec("redisStore", given);
  const index = createRedisIndex(send, prefix);
  const { insert, ...sessions } = createRedisSessions(send, index, prefix, codec);
  const store: RedisStore = { ...sessions, ...createRedisPrincipals(send, index, prefix, codec) };
  return migrating("redisStore", store, insert, migrate);
}
