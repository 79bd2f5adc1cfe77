/**
 * Bridges to and from express-session. `connectStore` turns a store that was written for it into a store of sessions
 * here; `asConnectStore` turns a store of ours into one for it.
 *
 * @module
 */

import { SessionDataError } from "../../errors.ts";
import { called, calledUnlessMissing } from "../../shared/callback.ts";
import { createCookie, isSlideDue, type ConnectCookie } from "./cookie.ts";
import { connectKeys } from "./key.ts";
import { jsonCodec } from "../../data/json-codec.ts";
import { createKey } from "../../crypto/session-key.ts";
import { checkNames } from "../../shared/options.ts";
import { kindOf } from "../../shared/values.ts";
import type { SessionData, SessionStore, StoreContext } from "../../types.ts";

export type { ConnectCookie, ConnectSession } from "./cookie.ts";
export { asConnectStore, type AsConnectStoreOptions, type ExpressSessionStore } from "./as-connect-store.ts";

/**
 * A store written for express-session: connect-redis, connect-pg-simple, session-file-store, memorystore,
 * express-session's own MemoryStore, and many more.
 */
export interface ConnectStore {
  get(sid: string, callback: (error?: unknown, session?: { readonly cookie: object } | null) => void): unknown;
  set(sid: string, session: { readonly cookie: ConnectCookie }, callback: (error?: unknown) => void): unknown;
  destroy(sid: string, callback: (error?: unknown) => void): unknown;
  /** Restarts the idle clock. In a store without it, a session ends some time after the last write. */
  touch?(sid: string, session: { readonly cookie: ConnectCookie }, callback: (error?: unknown) => void): unknown;
}

/** What `connectStore` takes. */
export interface ConnectStoreOptions {
  /**
   * Files sessions under their plain keys, instead of the SHA-256 of the keys. Whoever reads the store can then use its
   * sessions. Such keys have only letters, digits, `-` and `_`. Default false.
   */
  readonly plainKeys?: boolean | undefined;
  /**
   * The `secret` of express-session, one or several. A key that it signed (`s:` and so on, as in its cookies) then
   * opens the session that it filed under the plain id. New sessions still get keys of ours. Default: none.
   */
  readonly secret?: string | readonly string[] | undefined;
}

/** Properties that are not the session's. In `__lastAccess`, session-file-store keeps the time of the last use. */
const NOT_THE_SESSION = ["cookie", "__lastAccess"];

/**
 * Turns a store of express-session into a store of sessions. It is not atomic, because those stores are not: of
 * overlapping requests, one may undo what the other did, even a log-out. Use Redis, SQLite, Postgres or memory if you
 * can.
 *
 * @example
 * ```ts
 * import MemoryStore from "memorystore";
 * import session from "express-session";
 * import { wrapSession } from "ringlet";
 * import { connectStore } from "ringlet/stores/connect";
 *
 * const store = connectStore(new (MemoryStore(session))({ checkPeriod: 86_400_000 }));
 * const app = wrapSession(() => ({ body: "Hello" }), { store });
 * ```
 * @throws TypeError if the store or an option is not valid. Writing throws a `SessionDataError` for data that JSON
 *   cannot carry, and for a session with a `cookie` of its own
 */
export function connectStore(store: ConnectStore, options: ConnectStoreOptions = {}): SessionStore {
  checkNames("connectStore", "option", options, ["plainKeys", "secret"]);
  checkStore(store);
  const handleFor = connectKeys("connectStore", options);

  /** Restarts the idle clock. Returns whether the session is still there. */
  const slide = async (handle: string, session: SessionData, context: StoreContext): Promise<boolean> => {
    if (store.touch === undefined) return true;
    context.signal?.throwIfAborted();
    const touched = { ...session, cookie: createCookie(context) };
    return (await calledUnlessMissing((callback) => store.touch?.(handle, touched, callback))) !== "missing";
  };

  return {
    async readSession(key, context) {
      const handle = handleFor(key);
      if (handle === undefined) return undefined;
      const stored = await calledUnlessMissing<object | null>((callback) => store.get(handle, callback));
      if (!stored || stored === "missing") return undefined;
      const session = sessionIn(stored);
      const isDue = isSlideDue(Reflect.get(stored, "cookie"), context);
      return !isDue || (await slide(handle, session, context)) ? session : undefined;
    },
    async writeSession(key = createKey(), session, context) {
      const handle = handleFor(key);
      if (handle === undefined) throw new TypeError("connectStore: a key of other characters cannot be filed as it is");
      const stored = { ...copied(session), cookie: createCookie(context) };
      await called((callback) => store.set(handle, stored, callback));
      return key;
    },
    async deleteSession(key) {
      const handle = handleFor(key);
      if (handle !== undefined) await calledUnlessMissing((callback) => store.destroy(handle, callback));
    },
  };
}

function checkStore(store: ConnectStore): void {
  for (const name of ["get", "set", "destroy"] as const) {
    if (typeof store?.[name] === "function") continue;
    throw new TypeError(
      `connectStore: store must have a function ${name}, got ${store ? kindOf(store[name]) : kindOf(store)}; give a store that is made, as in new RedisStore({ client })`,
    );
  }
}

function sessionIn(stored: unknown): SessionData {
  if (typeof stored !== "object" || stored === null) {
    throw new TypeError(`connectStore: the store answered ${kindOf(stored)}, which is no session`);
  }
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !NOT_THE_SESSION.includes(name)));
}

/** Copies a session for the store to keep and change. Most stores write JSON, and do not say what JSON drops. */
function copied(session: SessionData): SessionData {
  const taken = NOT_THE_SESSION.find((name) => Object.hasOwn(session, name));
  if (taken === undefined) return jsonCodec.decode(jsonCodec.encode(session));
  throw new SessionDataError(
    `session.${taken} cannot be stored: the stores of express-session keep a value of their own there; use another name`,
  );
}
