import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import type { AtomicSessionStore, SessionData, SessionStore, StoreContext } from "../../src/types.ts";

/** A stored session. */
export interface Row {
  session: SessionData;
  end: number;
}

/** What a fault is built from. */
export interface Sound {
  readonly rows: Map<string, Row>;
  /** The row of a session that is in time. */
  readonly alive: (key: string, context: StoreContext) => Row | undefined;
  readonly store: AtomicSessionStore;
}

/** A store that obeys all laws, but for what is replaced in it. */
export function soundStore(replace: (sound: Sound) => Partial<AtomicSessionStore> = () => ({})): AtomicSessionStore {
  const rows = new Map<string, Row>();
  const alive = (key: string, { now }: StoreContext): Row | undefined => {
    const row = rows.get(key);
    return row !== undefined && row.end >= now ? row : undefined;
  };
  const store: AtomicSessionStore = {
    readSession(key, context) {
      const row = alive(key, context);
      if (row === undefined) return undefined;
      if (context.ttl !== undefined) row.end = endOf(context);
      return copied(row.session);
    },
    writeSession(key = freshKey(), session, context) {
      rows.set(key, { session: copied(session), end: endOf(context) });
      return key;
    },
    deleteSession: (key) => void rows.delete(key),
    updateSession(key, update, _seen, context) {
      const row = alive(key, context);
      if (row === undefined) return undefined;
      const next = update(copied(row.session));
      if (next === null) rows.delete(key);
      else rows.set(key, { session: copied(next), end: endOf(context) });
      return key;
    },
  };
  return { ...store, ...replace({ rows, alive, store }) };
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

/** 128 random bits, the least that a key may have. */
export function freshKey(): string {
  return randomBytes(16).toString("base64url");
}

/** A copy by way of JSON, refused where it is not the same. */
export function copied(session: SessionData): SessionData {
  const copy = JSON.parse(JSON.stringify(session)) as SessionData;
  assert.deepStrictEqual(copy, session);
  return copy;
}
