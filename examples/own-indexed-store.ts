import { createHash, randomBytes } from "node:crypto";
import {
  jsonCodec,
  type AtomicSessionStore,
  type IndexedSessionStore,
  type SessionData,
  type StoreContext,
} from "ringlet";

interface Row {
  readonly text: string;
  readonly principal: string | undefined;
  readonly created: number;
  seen: number;
  end: number;
}

export function indexedMapStore(): AtomicSessionStore & IndexedSessionStore {
  /** Sessions by handle. A key that is not kept cannot be stolen. */
  const rows = new Map<string, Row>();
  const handleOf = (key: string) => createHash("sha256").update(key).digest("base64url");
  const end = ({ now, ttl }: StoreContext) => (ttl === undefined ? Infinity : now + ttl * 1000);
  const find = (key: string, { now }: StoreContext) => {
    const row = rows.get(handleOf(key));
    return row !== undefined && row.end >= now ? row : undefined;
  };
  const put = (key: string, session: SessionData, context: StoreContext) => {
    const { now, principal } = context;
    const created = find(key, context)?.created ?? now;
    rows.set(handleOf(key), { text: jsonCodec.encode(session), principal, created, seen: now, end: end(context) });
  };
  const rowsOf = (principal: string, { now }: StoreContext) =>
    [...rows].filter(([, row]) => row.principal === principal && row.end >= now);

  return {
    readSession(key, context) {
      const row = find(key, context);
      if (row === undefined) return undefined;
      row.seen = context.now;
      if (context.ttl !== undefined) row.end = end(context);
      return jsonCodec.decode(row.text);
    },
    writeSession(key = randomBytes(24).toString("base64url"), session, context) {
      put(key, session, context);
      return key;
    },
    deleteSession(key) {
      rows.delete(handleOf(key));
    },
    updateSession(key, update, _seen, context) {
      const row = find(key, context);
      if (row === undefined) return undefined;
      const next = update(jsonCodec.decode(row.text));
      // The context has the principal only after the update has run.
      if (next === null) rows.delete(handleOf(key));
      else put(key, next, context);
      return key;
    },
    listSessions(principal, context) {
      return rowsOf(principal, context).map(([handle, { text, created, seen }]) => {
        return { handle, session: jsonCodec.decode(text), created, lastSeen: seen };
      });
    },
    revokeSessions(principal, { except, only }, context) {
      const handles = rowsOf(principal, context).map(([handle]) => handle);
      const ended = handles.filter((handle) => (only === undefined ? handle !== except : handle === only));
      for (const handle of ended) rows.delete(handle);
      return ended;
    },
  };
}
