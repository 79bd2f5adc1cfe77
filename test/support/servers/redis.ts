import { join } from "node:path";

import { freePort, startServer, temporaryFolder, type ServerProcess } from "./process.ts";

const bin = process.env["REDIS_BIN"] ?? "";

/** Why tests with a real Redis cannot run here. False if they can. */
export const withoutRedis: string | false = bin === "" && "no redis-server: see REDIS_BIN in CONTRIBUTING.md";

/** Returns the path of redis-server or redis-cli. */
export function redisProgram(name: "redis-server" | "redis-cli"): string {
  return join(bin, name);
}

/** A real Redis on a port of this machine. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Kills the server, or ends it by another signal. `start` starts it again on its port, with its data on disk. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly process: () => ServerProcess;
}

/** Starts a Redis. It keeps nothing on disk, unless further arguments say so: `["--appendonly", "yes"]`. */
export async function startRedis(more: readonly string[] = [], wanted?: number): Promise<RedisServer> {
  const port = wanted ?? (await freePort());
  const folder = temporaryFolder("redis");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...more];
  const launch = (): Promise<ServerProcess> => startServer(redisProgram("redis-server"), args, port);
  let running = await launch();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    end: (signal) => running.end(signal),
    async start() {
      running = await launch();
    },
    process: () => running,
  };
}
