/** Places to race on, each with its own server. */
import { join } from "node:path";

import { startPostgres } from "../support/servers/postgres.ts";
import { temporaryFolder } from "../support/servers/process.ts";
import { startRedis } from "../support/servers/redis.ts";

/** A place that `openStore` opens, and the function that ends its server. */
export interface Place {
  readonly place: string;
  readonly end: () => unknown;
}

/** The stores that can be raced, by name. */
export const places: Readonly<Record<"redis" | "ioredis" | "postgres" | "sqlite", () => Promise<Place>>> = {
  redis: () => onRedis("redis"),
  ioredis: () => onRedis("ioredis"),
  async postgres() {
    const { url, end } = await startPostgres();
    return { place: url, end: () => end("SIGINT") };
  },
  sqlite: async () => ({ place: `sqlite:${join(temporaryFolder("races"), "races.db")}`, end: () => undefined }),
};

async function onRedis(client: string): Promise<Place> {
  const { url, end } = await startRedis();
  return { place: url.replace("redis:", `${client}:`), end };
}
