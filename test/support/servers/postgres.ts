import { spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";

import { freePort, startServer, temporaryFolder, type ServerProcess } from "./process.ts";

const bin = process.env["POSTGRES_BIN"] ?? "";

/** Why tests with a real PostgreSQL cannot run here. False if they can. */
export const withoutPostgres: string | false = bin === "" && "no PostgreSQL: see POSTGRES_BIN in CONTRIBUTING.md";

/** A real PostgreSQL on a port of this machine. */
export interface PostgresServer {
  readonly port: number;
  readonly url: string;
  /** Kills the server, or ends it by another signal. `start` starts it again with its data. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
  readonly start: () => Promise<void>;
}

/** SQLSTATE cannot_connect_now. */
const STARTING_UP = "57P03";

/** The user of the server, because PostgreSQL refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Makes a database in its own folder, and starts its server. The superuser is `postgres`, without a password. */
export async function startPostgres(more: readonly string[] = []): Promise<PostgresServer> {
  const port = await freePort();
  const folder = temporaryFolder("postgres");
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid);
  const data = join(folder, "data");
  const flags = ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C", "-E", "UTF8"];
  const made = spawnSync(join(bin, "initdb"), flags, { ...nobody, cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.error?.message ?? ""}${made.stdout}${made.stderr}`);
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"];
  const args = ["-D", data, "-p", String(port), ...[...settings, ...more].flatMap((setting) => ["-c", setting])];
  const launch = async (): Promise<ServerProcess> => {
    const started = await startServer(join(bin, "postgres"), args, port, { ...nobody, cwd: folder });
    await ready(port);
    return started;
  };
  let running = await launch();
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    end: (signal) => running.end(signal),
    async start() {
      running = await launch();
    },
  };
}

/** Waits until the server is ready. While it starts up, it accepts connections and then refuses them. */
async function ready(port: number): Promise<void> {
  for (;;) {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Reflect.get(Object(error), "code") !== STARTING_UP) throw error;
      await wait(20);
    }
  }
}
