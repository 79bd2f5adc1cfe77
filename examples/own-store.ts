import { randomBytes } from "node:crypto";
import { jsonCodec, type AtomicSessionStore, type StoreContext } from "ringlet";

export function mapStore(): AtomicSessionStore {
  const rows = new Map<string, { text: string; end: number }>();
  // `now` is in milliseconds, `ttl` in seconds; without a `ttl` a session has no end.
  const end = ({ now, ttl }: StoreContext) => (ttl === undefined ? Infinity : now + ttl * 1000);
  const find = (key: string, { now }: StoreContext) => {
    const row = rows.get(key);
    return row !== undefined && row.end >= now ? row : undefined;
  };
  return {
    readSession(key, context) {
      const row = find(key, context);
      if (row === undefined) return undefined;
      if (context.ttl !== undefined) row.end = end(context);
      return jsonCodec.decode(row.text);
    },
    writeSession(key = randomBytes(24).toString("base64url"), session, context) {
      rows.set(key, { text: jsonCodec.encode(session), end: end(context) });
      return key;
    },
    deleteSession(key) {
      rows.delete(key);
    },
    updateSession(key, update, _seen, context) {
      const row = find(key, context);
      if (row === undefined) return undefined;
      const next = update(jsonCodec.decode(row.text));
      if (next === null) rows.delete(key);
      else rows.set(key, { text: jsonCodec.encode(next), end: end(context) });
      return key;
    },
  };
}
