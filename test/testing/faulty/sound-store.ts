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

/** A store that can do all that the laws ask for. */
export type FullStore = AtomicSessionStore & IndexedSessionStore;

/** What a fault is built from. */
export interface Sound {
  readonly rows: Map<string, Row>;
  /** The row of a session that is in time. */
  readonly alive: (key: string, context: StoreContext) => Row | undefined;
  readonly store: FullStore;
}

/** A store that obeys all laws, but for what is replaced in it. */
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

/** The same without an index. */
export function soundAtomicStore(
  replace: (sound: Sound) => Partial<AtomicSessionStore> = () => ({}),
): AtomicSessionStore {
  const { readSession, writeSession, deleteSession, updateSession } = soundStore(replace);
  return { readSession, writeSession, deleteSession, updateSession };
}

/** The same with Ring's three functions alone. */
export function soundPlainStore(replace: (sound: Sound) => Partial<SessionStore> = () => ({})): SessionStore {
  const { readSession, writeSession, deleteSession } = soundStore(replace);
  return { readSession, writeSession, deleteSession };
}

/** When the time to live of a context ends. */
export function endOf({ now, ttl }: StoreContext): number {
  return ttl === undefined ? Infinity : now + ttl * 1000;
}

/** A context with another time to live, or another of its parts; its principal is still asked for later. */
export function changed(context: StoreContext, parts: Partial<StoreContext>): StoreContext {
  return Object.assign(Object.create(context) as StoreContext, parts);
}

/** 128 random bits, the least that a key may have. */
export function freshKey(): string {
  return randomBytes(16).toString("base64url");
}

/** What stands for a key in a list. */
export function handle(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

/** A row as it is in a list. */
export function stored([key, { session, created, seen }]: [key: string, row: Row]): StoredSession {
  return { handle: handle(key), session: copied(session), created, lastSeen: seen };
}

/** A copy by way of JSON, refused where it would not be the same. */
function checkedCopy(session: SessionData): SessionData {
  return jsonCodec.decode(jsonCodec.encode(session));
}

/** A copy by way of JSON. */
export function copied(session: SessionData): SessionData {
  return JSON.parse(JSON.stringify(session)) as SessionData;
}
