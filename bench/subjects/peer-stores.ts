/** Stores for express-session. @fastify/session and next-session take them too. */
import { load, loadDefault } from "./load.ts";
import { DAY } from "./settings.ts";
import type { Store } from "./subject.ts";

/** The parts of node-redis that the bench uses. */
export interface RedisClient {
  connect(): Promise<unknown>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, options: object): Promise<unknown>;
  getEx(key: string, options: object): Promise<string | null>;
  del(key: string): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
}

/** The parts of pg that the bench uses. */
export interface PostgresPool {
  query(
    statement: string | object,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly { data: string }[] }>;
}

export async function redisClient(url = ""): Promise<RedisClient> {
  const { createClient } = await load<{ createClient: (options: object) => RedisClient }>("redis");
  const client = createClient({ url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

export async function postgresPool(url = ""): Promise<PostgresPool> {
  const { default: pg } = await load<{ default: { Pool: new (options: object) => PostgresPool } }>("pg");
  return new pg.Pool({ connectionString: url, max: 10 });
}

/** Makes a store. Undefined stands for the library's own memory store. */
export async function connectStore(store: Store, url: string | undefined): Promise<unknown> {
  if (store === "redis") {
    const { RedisStore } = await load<{ RedisStore: new (options: object) => unknown }>("connect-redis");
    return new RedisStore({ client: await redisClient(url), ttl: DAY });
  }
  if (store === "postgres") {
    const session = await loadDefault<unknown>("express-session");
    const connect = await loadDefault<(session: unknown) => new (options: object) => unknown>("connect-pg-simple");
    return new (connect(session))({
      pool: await postgresPool(url),
      createTableIfMissing: true,
      pruneSessionInterval: false,
    });
  }
  return undefined;
}
