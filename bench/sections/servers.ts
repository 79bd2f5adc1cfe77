/** Servers and files of this run. They are gone when it ends. */
import { join } from "node:path";

import { startPostgres, withoutPostgres } from "../../test/support/servers/postgres.ts";
import { temporaryFolder } from "../../test/support/servers/process.ts";
import { startRedis, withoutRedis } from "../../test/support/servers/redis.ts";

/** A place for sessions, or the reason why there is none. */
export type Place = { readonly url: string; readonly end: () => Promise<void> } | { readonly reason: string };

export async function redisPlace(): Promise<Place> {
  if (withoutRedis !== false) return { reason: withoutRedis };
  const { url, end } = await startRedis();
  return { url, end: () => end() };
}

export async function postgresPlace(): Promise<Place> {
  if (withoutPostgres !== false) return { reason: withoutPostgres };
  const { url, end } = await startPostgres(["synchronous_commit=off"]);
  return { url, end: () => end("SIGINT") };
}

export async function sqlitePlace(): Promise<Place> {
  if (!process.getBuiltinModule("node:sqlite")) return { reason: `Node ${process.versions.node} has no node:sqlite` };
  return { url: join(temporaryFolder("bench"), "sessions.db"), end: async () => undefined };
}
