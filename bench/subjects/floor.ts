/**
 * The least code that could do the job, on request maps. In memory it is a Map of JSON texts under SHA-256. In the
 * cookie it is one AES-256-GCM call with a held key. Elsewhere it is one command of the client. No expiry, no laws, no
 * care.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes } from "node:crypto";

import type { Awaitable, Handler, Response } from "../../src/index.ts";

import { load } from "./load.ts";
import { postgresPool, redisClient } from "./peer-stores.ts";
import { COOKIE, DAY } from "./settings.ts";
import type { Application, Setting, Subject } from "./subject.ts";
import { kindOf, newSession, seen, type Bag } from "./work.ts";

/** A store of texts, under a key that the cookie carries or in the cookie itself. */
interface Floor {
  readonly open: (cookie: string) => Awaitable<string | null | undefined>;
  /** Returns the cookie's value. If `cookie` is undefined, the session is new. */
  readonly save: (cookie: string | undefined, text: string) => Awaitable<string>;
  readonly drop: (cookie: string) => unknown;
}

function memoryFloor(): Floor {
  const texts = new Map<string, string>();
  return {
    open: (cookie) => texts.get(hash("sha256", cookie, "base64url")),
    save(cookie = newId(), text) {
      texts.set(hash("sha256", cookie, "base64url"), text);
      return cookie;
    },
    drop: (cookie) => texts.delete(hash("sha256", cookie, "base64url")),
  };
}

function cookieFloor(): Floor {
  const key = createSecretKey(randomBytes(32));
  return {
    open(cookie) {
      const bytes = Buffer.from(cookie, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
    },
    save(_cookie, text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const parts = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(parts).toString("base64url");
    },
    drop: () => undefined,
  };
}

async function redisFloor(url: string | undefined): Promise<Floor> {
  const client = await redisClient(url);
  const expiration = { type: "EX", value: DAY };
  return {
    open: (cookie) => client.getEx(cookie, expiration),
    save: (cookie = newId(), text) => client.set(cookie, text, { expiration }).then(() => cookie),
    drop: (cookie) => client.del(cookie),
  };
}

async function sqliteFloor(url = ":memory:"): Promise<Floor> {
  interface Statement {
    get(...values: string[]): { readonly data: string } | undefined;
    run(...values: string[]): unknown;
  }
  interface Database {
    exec(sql: string): void;
    prepare(sql: string): Statement;
  }
  const { DatabaseSync } = await load<{ DatabaseSync: new (path: string) => Database }>("node:sqlite");
  const database = new DatabaseSync(`${url}-floor`);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE IF NOT EXISTS floor (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID");
  const [find, save, drop] = [
    database.prepare("SELECT data FROM floor WHERE id = ?"),
    database.prepare("INSERT INTO floor VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data"),
    database.prepare("DELETE FROM floor WHERE id = ?"),
  ];
  return {
    open: (cookie) => find?.get(cookie)?.data,
    save(cookie = newId(), text) {
      save?.run(cookie, text);
      return cookie;
    },
    drop: (cookie) => drop?.run(cookie),
  };
}

async function postgresFloor(url: string | undefined): Promise<Floor> {
  const pool = await postgresPool(url);
  await pool.query("CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, data text NOT NULL)");
  const upsert = "INSERT INTO floor VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = excluded.data";
  return {
    open: async (cookie) => (await pool.query("SELECT data FROM floor WHERE id = $1", [cookie])).rows[0]?.data,
    save: (cookie = newId(), text) => pool.query(upsert, [cookie, text]).then(() => cookie),
    drop: (cookie) => pool.query("DELETE FROM floor WHERE id = $1", [cookie]),
  };
}

const floors = {
  memory: memoryFloor,
  cookie: cookieFloor,
  redis: ({ url }: Setting) => redisFloor(url),
  sqlite: ({ url }: Setting) => sqliteFloor(url),
  postgres: ({ url }: Setting) => postgresFloor(url),
};

function handlerOf(floor: Floor, padding: number): Handler {
  return async ({ uri, headers }): Promise<Response> => {
    const kind = kindOf(uri);
    if (kind === "none" || kind === "idle") return { body: "ok" };
    const cookie = cookieOf(headers["cookie"] as string | undefined);
    if (kind === "login") return withCookie("ok", await floor.save(undefined, JSON.stringify(newSession(padding))));
    if (kind === "logout") {
      if (cookie !== undefined) await floor.drop(cookie);
      return { body: "ok", headers: { "set-cookie": `${COOKIE}=; Max-Age=0; Path=/` } };
    }
    const text = cookie === undefined ? undefined : await floor.open(cookie);
    const session = JSON.parse(text ?? "{}") as Bag;
    if (kind === "read") return { body: seen(session) };
    session.count = (session.count ?? 0) + 1;
    const next = await floor.save(cookie, JSON.stringify(session));
    return next === cookie ? { body: seen(session) } : withCookie(seen(session), next);
  };
}

function withCookie(body: string, value: string): Response {
  return { body, headers: { "set-cookie": `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax` } };
}

function cookieOf(header = ""): string | undefined {
  const start = header.indexOf(`${COOKIE}=`);
  if (start === -1) return undefined;
  const end = header.indexOf(";", start);
  return header.slice(start + COOKIE.length + 1, end === -1 ? undefined : end) || undefined;
}

let pool = Buffer.alloc(0);
let used = 0;

/** A new id of 128 random bits, from a pool. */
function newId(): string {
  if (used === pool.length) {
    pool = randomBytes(4096);
    used = 0;
  }
  return pool.toString("base64url", used, (used += 16));
}

export const floor: Subject = {
  name: "floor",
  side: "floor",
  framework: "maps",
  packages: [],
  stores: ["memory", "cookie", "redis", "sqlite", "postgres"],
  async make(setting) {
    const maps = handlerOf(await floors[setting.store](setting), setting.padding);
    return { maps, listener: () => Promise.reject(new Error("the floor is not served")) } satisfies Application;
  },
};
