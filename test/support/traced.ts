import type { AtomicSessionStore, RenewingSessionStore, SessionData, SessionStore } from "../../src/types.ts";

/** A store whose calls are noted in order: `read K1`, `write new → K2`, `update K1`, `delete K1`. */
export interface Traced<Store extends SessionStore> {
  readonly store: Store;
  /** Returns the calls since the last time. */
  readonly calls: () => string[];
}

/** Wraps a store to note its calls. Keys are numbered as they appear. */
export function traced<Store extends SessionStore & Partial<AtomicSessionStore & RenewingSessionStore>>(
  store: Store,
): Traced<Store> {
  const names = new Map<string, string>();
  const name = (key: string): string => {
    if (!names.has(key)) names.set(key, `K${names.size + 1}`);
    return names.get(key) ?? "";
  };
  let calls: string[] = [];
  const tracing: SessionStore = {
    async readSession(key, context) {
      const session = await store.readSession(key, context);
      calls.push(`read ${session ? name(key) : "?"}`);
      return session;
    },
    async writeSession(key, session, context) {
      const written = await store.writeSession(key, session, context);
      calls.push(`write ${key === undefined ? "new" : name(key)} → ${name(written)}`);
      return written;
    },
    async deleteSession(key, context) {
      calls.push(`delete ${name(key)}`);
      return store.deleteSession(key, context);
    },
  };
  const update: Pick<AtomicSessionStore, "updateSession"> = {
    async updateSession(key, change, seen, context) {
      calls.push(`update ${name(key)}`);
      return store.updateSession?.(key, change, seen, context);
    },
  };
  return {
    store: { ...store, ...tracing, ...(store.updateSession && update) },
    calls: () => {
      const past = calls;
      calls = [];
      return past;
    },
  };
}

/** Makes a minimal store: Ring's three functions over a Map. */
export function plainStore(): SessionStore {
  const sessions = new Map<string, string>();
  let made = 0;
  return {
    readSession: (key) => {
      const text = sessions.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as SessionData);
    },
    writeSession: (key = `plain-${++made}-${"x".repeat(20)}`, session) => {
      sessions.set(key, JSON.stringify(session));
      return key;
    },
    deleteSession: (key) => void sessions.delete(key),
  };
}
