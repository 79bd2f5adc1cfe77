/** A process of its own on a database file: `node sqlite-child.js PATH JOB …`. It says "ready" and then what it did. */
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { sqliteStore, type SqliteStore } from "../../src/stores/sqlite.ts";
import type { SessionData, StoreContext } from "../../src/types.ts";
import { anyDriver, withoutNode } from "./sqlite-drivers.ts";

const at: StoreContext = { now: 1_700_000_000_000, ttl: 600, cookieName: "ring-session" };

/** The store of a path, as its processes open it. */
export function openStore(path: string): SqliteStore {
  if (withoutNode === false) return sqliteStore(path);
  const database = anyDriver.open(path);
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  return sqliteStore(database);
}

export function increment(session: SessionData): SessionData {
  return { ...session, n: Number(session["n"]) + 1 };
}

const jobs: Readonly<Record<string, (path: string, ...args: string[]) => Promise<unknown>>> = {
  async hold(path, mode, milliseconds) {
    const database = anyDriver.open(path);
    database.exec(`BEGIN ${mode}`);
    say("ready");
    await wait(Number(milliseconds));
    database.exec("COMMIT");
  },
  async increment(path, key = "", times) {
    const store = openStore(path);
    say("ready");
    for (let count = 0; count < Number(times); count++) {
      const seen = await store.readSession(key, at);
      await turn();
      await store.updateSession(key, increment, seen, at);
    }
  },
  async touch(path, ...keys) {
    const store = openStore(path);
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
  async write(path) {
    const store = openStore(path);
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
  const [path = "", job = "", ...args] = process.argv.slice(2);
  say(String(await jobs[job]?.(path, ...args)));
}
