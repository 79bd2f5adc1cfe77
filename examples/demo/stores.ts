import { mkdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname } from "node:path";

import { cookieStore, memoryStore, type SessionStore } from "ringlet";

/** A store, and a function that closes it. */
export interface OpenStore {
  readonly store: SessionStore;
  readonly close?: () => unknown;
}

const sessionKey = process.env["SESSION_KEY"];

/** A kind of store. */
export type StoreKind = "memory" | "cookie" | "sqlite" | "redis" | "postgres";

/** The functions that open the stores of `--store`, by kind. A place is a file or a URL. */
const openers: Readonly<Record<StoreKind, (place: string) => OpenStore | Promise<OpenStore>>> = {
  memory: () => ({ store: memoryStore() }),
  cookie: () => ({ store: cookieStore(sessionKey === undefined ? {} : { key: sessionKey }) }),
  sqlite: openSqlite,
  redis: openRedis,
  postgres: openPostgres,
};

/** The choice of `--store`. */
export interface StoreChoice {
  readonly kind: StoreKind;
  /** The file or the URL. Empty if the store has neither. */
  readonly place: string;
}

/** The forms of `--store`, for the help. */
export const storeForms = "memory|cookie|sqlite[:FILE]|redis://HOST:PORT|postgres://HOST:PORT/DATABASE";

/** Whether this Node has SQLite. It is not loaded for that, because Node 22 would warn that it is experimental. */
const hasSqlite = isBuiltin("node:sqlite");

/** The default store: a file, in which sessions survive a restart, if this Node has SQLite. */
export const defaultStore: string = hasSqlite ? "sqlite" : "memory";

const defaultFile = ".cache/demo.sqlite";

const schemes: Readonly<Record<string, StoreKind>> = {
  redis: "redis",
  rediss: "redis",
  postgres: "postgres",
  postgresql: "postgres",
};

/** Reads the text of `--store`. Returns undefined for an unknown kind. */
export function parseStore(text: string): StoreChoice | undefined {
  if (text === "memory" || text === "cookie") return { kind: text, place: "" };
  if (text === "sqlite") return { kind: text, place: defaultFile };
  if (text.startsWith("sqlite:") && text !== "sqlite:") return { kind: "sqlite", place: text.slice("sqlite:".length) };
  const [scheme = ""] = text.split("://");
  const kind = Object.hasOwn(schemes, scheme) && URL.canParse(text) ? schemes[scheme] : undefined;
  return kind && { kind, place: text };
}

/** Names the place of the sessions for people to read: no user and no password. */
export function describeStore({ kind, place }: StoreChoice): string {
  if (place === "") return `${kind} store`;
  return kind === "sqlite" ? `sqlite store in ${place}` : `${kind} store on ${new URL(place).host}`;
}

/**
 * Opens a store, and asks it for a session that is not there: an error is better known at the start.
 *
 * @throws TypeError if the store refuses its place; another error if it cannot be reached
 */
export async function openStore({ kind, place }: StoreChoice): Promise<OpenStore> {
  const open = await openers[kind](place);
  try {
    await knock(open.store);
    return open;
  } catch (error) {
    await open.close?.();
    throw error;
  }
}

/** Milliseconds for the first call, in which a store may connect and make its table. */
const patience = 3000;

async function knock(store: SessionStore): Promise<void> {
  const signal = AbortSignal.timeout(patience);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${patience / 1000} s`)));
  });
  const context = { now: Date.now(), ttl: undefined, cookieName: "ring-session", deadline: patience, signal };
  await Promise.race([store.readSession("a key that nobody has", context), late]);
}

async function openSqlite(file: string): Promise<OpenStore> {
  if (!hasSqlite) throw new TypeError(`--store sqlite needs Node 22.13 or later; this is ${process.version}`);
  const { sqliteStore } = await import("ringlet/stores/sqlite");
  mkdirSync(dirname(file), { recursive: true });
  const store = sqliteStore(file);
  return { store, close: store.close };
}

async function openRedis(url: string): Promise<OpenStore> {
  const { redisStore } = await import("ringlet/stores/redis");
  const store = redisStore({ url });
  return { store, close: store.close };
}

async function openPostgres(url: string): Promise<OpenStore> {
  const [{ postgresStore }, { default: pg }] = await Promise.all([import("ringlet/stores/postgres"), import("pg")]);
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 1000 });
  // An idle connection has ended. The next call makes another, or fails.
  pool.on("error", () => undefined);
  return { store: postgresStore(pool), close: () => pool.end() };
}
