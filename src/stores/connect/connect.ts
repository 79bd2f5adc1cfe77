/**
 * Bridges to and from express-session: a store that was written for it as a store of sessions here, and a store of
 * ours as one for it.
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
  /** Restarts the idle clock. A store without it lets a session end some time after the last write. */
  touch?(sid: string, session: { readonly cookie: ConnectCookie }, callback: (error?: unknown) => void): unknown;
}

/** What `connectStore` takes. */
export interface ConnectStoreOptions {
  /**
   * File sessions under their keys as they are, instead of under the SHA-256 of them: whoever reads the store can then
   * use its sessions. Only letters, digits, `-` and `_` are such keys. Default false.
   */
  readonly plainKeys?: boolean | undefined;
  /**
   * The `secret` of express-session, one or several: a key that it signed (`s:` and so on, as in its cookies) opens the
   * session that it filed under the plain id. New sessions get keys of ours all the same. Default: none.
   */
  readonly secret?: string | readonly string[] | undefined;
}

/** Beside the session, `__lastAccess` is where session-file-store keeps the time of the last use. */
const NOT_THE_SESSION = ["cookie", "__lastAccess"];

/**
 * A store of express-session as a store of sessions. It is not atomic, because those stores are not: of overlapping
 * requests one may undo what the other did, a log-out included. Take Redis, SQLite, Postgres or memory where you can.
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
 * @throws TypeError where the store or an option is not as it should be; writing throws a `SessionDataError` for what
 *   JSON cannot carry, and for a session with a `cookie` of its own
 */
export function connectStore(store: ConnectStore, options: ConnectStoreOptions = {}): SessionStore {
  checkNames("connectStore", "option", options, ["plainKeys", "secret"]);
  checkStore(store);
  const handleFor = connectKeys("connectStore", options);

  /** Answers whether the session is still there. */
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

/** A session that the store may keep and mark: most of them write JSON and say nothing of what it drops. */
function copied(session: SessionData): SessionData {
  const taken = NOT_THE_SESSION.find((name) => Object.hasOwn(session, name));
  if (taken === undefined) return jsonCodec.decode(jsonCodec.encode(session));
  throw new SessionDataError(
    `session.${taken} cannot be stored: the stores of express-session keep a value of their own there; use another name`,
  );
}
