/** Runs a job on a database file: `node child.js DRIVER PATH JOB …`. It prints "ready", and its result at the end. */
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { sqliteStore, type SqliteDatabase, type SqliteStore } from "../../../src/stores/sqlite/sqlite.ts";
import type { SessionData, StoreContext } from "../../../src/types.ts";
import { fileDrivers } from "./drivers.ts";

const at: StoreContext = { now: 1_700_000_000_000, ttl: 600, cookieName: "ring-session" };

/** Opens the store of a path with the settings that all processes use. */
export function openStore(driver: string, path: string): SqliteStore {
  if (driver === "node:sqlite") return sqliteStore(path);
  const database = openDatabase(driver, path);
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  return sqliteStore(database);
}

/** Opens a database without a store. */
export function openDatabase(driver: string, path: string): SqliteDatabase {
  const found = fileDrivers.find(({ name }) => name === driver);
  if (found === undefined) throw new Error(`no driver ${driver}`);
  return found.open(path);
}

export function increment(session: SessionData): SessionData {
  return { ...session, n: Number(session["n"]) + 1 };
}

type Job = (driver: string, path: string, ...args: string[]) => Promise<unknown>;

const jobs: Readonly<Record<string, Job>> = {
  async hold(driver, path, mode, milliseconds) {
    const database = openDatabase(driver, path);
    database.exec(`BEGIN ${mode}`);
    say("ready");
    await wait(Number(milliseconds));
    database.exec("COMMIT");
  },
  async increment(driver, path, key = "", times) {
    const store = openStore(driver, path);
    say("ready");
    for (let count = 0; count < Number(times); count++) {
      const seen = await store.readSession(key, at);
      await turn();
      await store.updateSession(key, increment, seen, at);
    }
  },
  async touch(driver, path, ...keys) {
    const store = openStore(driver, path);
    say("ready");
    let done = 0;
    for (const key of keys) {
      for (;;) {
        const seen = await store.readSession(key, at);
        await turn();
        if ((await store.updateSession(key, increment, seen, at)) === undefined) break;
        done++;
      }
    }
    return done;
  },
  async write(driver, path) {
    const store = openStore(driver, path);
    say("ready");
    for (;;) {
      say(await store.writeSession(undefined, { text: "x".repeat(500) }, at));
      await turn();
    }
  },
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [driver = "", path = "", job = "", ...args] = process.argv.slice(2);
  say(String(await jobs[job]?.(driver, path, ...args)));
}
