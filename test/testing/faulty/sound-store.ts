import { createHash, randomBytes } from "node:crypto";

import { jsonCodec } from "../../../src/data/json-codec.ts";
import type {
  AtomicSessionStore,
  IndexedSessionStore,
  SessionData,
  SessionStore,
  StoreContext,
  StoredSession,
} from "../../../src/types.ts";

/** A stored session. */
export interface Row {
  session: SessionData;
  end: number;
  principal: string | undefined;
  created: number;
  seen: number;
}

/** A store with all functions that the laws check. */
export type FullStore = AtomicSessionStore & IndexedSessionStore;

/** The parts from which a fault is built. */
export interface Sound {
  readonly rows: Map<string, Row>;
  /** Returns the row of a session that has not expired. */
  readonly alive: (key: string, context: StoreContext) => Row | undefined;
  readonly store: FullStore;
}

/** Makes a store that keeps all laws, except for functions that are replaced. */
export function soundStore(
  replace: (sound: Sound) => Partial<FullStore> = () => ({}),
  rows: Map<string, Row> = new Map<string, Row>(),
): FullStore {
  const alive = (key: string, { now }: StoreContext): Row | undefined => {
    const row = rows.get(key);
    return row !== undefined && row.end >= now ? row : undefined;
  };
  const put = (key: string, session: SessionData, context: StoreContext): void => {
    const { now, principal } = context;
    const created = alive(key, context)?.created ?? now;
    rows.set(key, { session: checkedCopy(session), end: endOf(context), principal, created, seen: now });
  };
  const rowsOf = (principal: string, context: StoreContext): [string, Row][] =>
    [...rows].filter(([key, row]) => row.principal === principal && alive(key, context) !== undefined);
  const store: FullStore = {
    readSession(key, context) {
      const row = alive(key, context);
      if (row === undefined) return undefined;
      if (context.ttl !== undefined) row.end = endOf(context);
      row.seen = context.now;
      return copied(row.session);
    },
    writeSession(key = freshKey(), session, context) {
      put(key, session, context);
      return key;
    },
    deleteSession: (key) => void rows.delete(key),
    updateSession(key, update, _seen, context) {
      const row = alive(key, context);
      if (row === undefined) return undefined;
      const next = update(copied(row.session));
      if (next === null) rows.delete(key);
      else put(key, next, context);
      return key;
    },
    listSessions: (principal, context) => rowsOf(principal, context).map(stored),
    revokeSessions(principal, { except, only }, context) {
      const all = rowsOf(principal, context).map(([key]) => key);
      const ended = all.filter((key) => (only === undefined ? handle(key) !== except : handle(key) === only));
      for (const key of ended) rows.delete(key);
      return ended.map(handle);
    },
  };
  return { ...store, ...replace({ rows, alive, store }) };
}

/** Makes a sound store without an index. */
export function soundAtomicStore(
  replace: (sound: Sound) => Partial<AtomicSessionStore> = () => ({}),
): AtomicSessionStore {
  const { readSession, writeSession, deleteSession, updateSession } = soundStore(replace);
  return { readSession, writeSession, deleteSession, updateSession };
}

/** Makes a sound store with Ring's three functions alone. */
export function soundPlainStore(replace: (sound: Sound) => Partial<SessionStore> = () => ({})): SessionStore {
  const { readSession, writeSession, deleteSession } = soundStore(replace);
  return { readSession, writeSession, deleteSession };
}

/** Returns the time at which the time to live of a context ends. */
export function endOf({ now, ttl }: StoreContext): number {
  return ttl === undefined ? Infinity : now + ttl * 1000;
}

/** Makes a context with some parts changed. Its principal can still be read later. */
export function changed(context: StoreContext, parts: Partial<StoreContext>): StoreContext {
  return Object.assign(Object.create(context) as StoreContext, parts);
}

/** Makes a key of 128 random bits, the fewest that a key may have. */
export function freshKey(): string {
  return randomBytes(16).toString("base64url");
}

/** Returns the handle of a key. */
export function handle(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

/** Converts a row to an entry of a list. */
export function stored([key, { session, created, seen }]: [key: string, row: Row]): StoredSession {
  return { handle: handle(key), session: copied(session), created, lastSeen: seen };
}

/** Makes a copy by JSON. Refuses a session that would not come back equal. */
function checkedCopy(session: SessionData): SessionData {
  return jsonCodec.decode(jsonCodec.encode(session));
}

/** Makes a copy by JSON. */
export function copied(session: SessionData): SessionData {
  return JSON.parse(JSON.stringify(session)) as SessionData;
}
