import { Buffer } from "node:buffer";

import { memoryStore } from "../../src/stores/memory/memory.ts";
import { ringCookieStore } from "../../src/stores/ring-cookie/ring-cookie.ts";
import type { AtomicSessionStore, SessionData, SessionStore } from "../../src/types.ts";
import type { Keys } from "./keys.ts";
import type { Clojure, ClojureMap } from "./scenarios.ts";
import { translate } from "./translate.ts";

/** A call of a store. An update is noted as the write or the deletion that it results in. */
export interface StoreCall {
  readonly op: string;
  readonly key?: string | undefined;
  readonly data?: unknown;
  readonly result?: unknown;
}

/** Gets each call when it is done. */
export type Note = (call: StoreCall) => void;

/** Opens the store that a scenario names. Each call is noted, with `prefix` before its name. */
export async function openStore(named: Clojure, keys: Keys, note: Note, prefix: string): Promise<SessionStore> {
  const description: ClojureMap = typeof named === "string" ? { kind: named } : (named as ClojureMap);
  const noted: Note = (call) => note({ ...call, op: `${prefix}${call.op}` });
  switch (description["kind"]) {
    case "memory":
      return traceAtomic(await seeded((description["seed"] ?? {}) as ClojureMap), keys, noted);
    case "cookie":
      return traceSealed(ringCookieStore({ key: sealingKey(description) }), keys, noted);
    case "stub":
      return trace(stub(description), noted);
    default:
      throw new Error(`unknown store ${JSON.stringify(named)}`);
  }
}

async function seeded(seed: ClojureMap): Promise<AtomicSessionStore> {
  const store = memoryStore();
  const context = { now: 0, ttl: undefined, cookieName: "ring-session" };
  for (const [key, data] of Object.entries(seed)) {
    await store.writeSession(key, translate(data) as SessionData, context);
  }
  return store;
}

function sealingKey({ "key-hex": hex, "key-string": text }: ClojureMap): Uint8Array | string {
  return typeof hex === "string" ? Buffer.from(hex, "hex") : String(text);
}

/** Makes a store whose functions always return the same. */
function stub({ read = null, write = null, delete: deleted = null }: ClojureMap): SessionStore {
  return {
    readSession: () => (translate(read) ?? undefined) as SessionData | undefined,
    writeSession: () => write as string,
    deleteSession: () => (deleted ?? undefined) as string | undefined,
  };
}

function trace(store: SessionStore, note: Note): SessionStore {
  return {
    ...store,
    readSession: async (key, context) => {
      const result = await store.readSession(key, context);
      note({ op: "read", key, result });
      return result;
    },
    writeSession: async (key, data, context) => {
      const result = await store.writeSession(key, data, context);
      note({ op: "write", key, data, result });
      return result;
    },
    deleteSession: async (key, context) => {
      const result = await store.deleteSession(key, context);
      note({ op: "delete", key, result });
      return result;
    },
  };
}

/** Notes the calls of a store of sealed cookies, where every write makes a new key. */
function traceSealed(store: SessionStore, keys: Keys, note: Note): SessionStore {
  return trace(store, (call) => {
    if (call.op === "write") keys.note(String(call.result));
    note(call);
  });
}

function traceAtomic(store: AtomicSessionStore, keys: Keys, note: Note): AtomicSessionStore {
  const taken = new Set<string>();
  return {
    ...trace(store, (call) => {
      // The library deletes a session again after an update that deletes, for other stores. It counts as one deletion.
      if (call.op === "delete" && taken.delete(String(call.key))) return;
      if (call.op === "write" && call.key === undefined) keys.note(String(call.result));
      note(call);
    }),
    updateSession: async (key, update, seen, context) => {
      let data: SessionData | null | undefined;
      const result = await store.updateSession(key, (current) => (data = update(current)), seen, context);
      if (data === null) taken.add(key);
      note(data === null ? { op: "delete", key } : { op: "write", key, data, result });
      return result;
    },
  };
}
