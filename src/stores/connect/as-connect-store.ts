import { EventEmitter } from "node:events";
import { nextTick } from "node:process";

import type { AtomicSessionStore, SessionData, SessionEvent } from "../../types.ts";
import type { ConnectSession } from "./cookie.ts";
import { createReviver, type ExpressSessionRequest } from "./revive.ts";
import { createSaves } from "./saves.ts";
import { checkNames } from "../../shared/options.ts";
import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { sessionConfig, type SessionConfig } from "../../session/options/config.ts";
import { deleteStored, read } from "../../session/store-operations.ts";

/** What `asConnectStore` takes. */
export interface AsConnectStoreOptions {
  /** Seconds that a session lives whose cookie has no `maxAge`. Default 86,400, a day. */
  readonly ttl?: number | undefined;
  /** Returns whose session this is, for `listSessions` and `revokeSessions`. Needs a store with an index. */
  readonly principal?: ((session: SessionData) => string | undefined) | undefined;
  /**
   * Milliseconds for one call of the store. Then it fails with a `SessionStoreError`. Default 2000; false: for ever.
   */
  readonly storeDeadline?: number | false | undefined;
  /** Is called with each event. What it throws is dropped. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}

// Whoever calls, or the type of their store, says what a session is there: only they know what they put into it.
/* oxlint-disable typescript/no-unnecessary-type-parameters */

/** A store as express-session needs it, and @fastify/session. */
export interface ExpressSessionStore extends EventEmitter {
  get<Session extends ConnectSession>(sid: string, callback: (error?: unknown, session?: Session | null) => void): void;
  /** Stores what has changed since `get`, on top of what others did. It never brings back a session that is gone. */
  set(sid: string, session: ConnectSession, callback?: (error?: unknown) => void): void;
  /** Restarts the idle clock. */
  touch(sid: string, session: ConnectSession, callback?: (error?: unknown) => void): void;
  destroy(sid: string, callback?: (error?: unknown) => void): void;
  regenerate(request: ExpressSessionRequest, callback: (error?: unknown) => void): void;
  load<Session extends ConnectSession>(sid: string, callback: (error?: unknown, session?: Session) => void): void;
  /** Makes the `req.session` of express-session, of its own class. */
  createSession<Session extends ConnectSession>(request: ExpressSessionRequest, session: ConnectSession): Session;
  /** Gives a request a new session. express-session puts it here. */
  generate?: ((request: ExpressSessionRequest) => void) | undefined;
}

/* oxlint-enable typescript/no-unnecessary-type-parameters */

const DAY = 86_400;

/**
 * Turns a store of ours into one for express-session: `session({ store: asConnectStore(store), … })`. Overlapping
 * requests of one session keep each other's changes. A slow one does not bring back a session that was destroyed
 * meanwhile. Sessions are JSON, as in other stores: a Date comes back as text.
 *
 * Errors go to the callbacks.
 *
 * @example
 * ```ts
 * import express from "express";
 * import session from "express-session";
 * import { memoryStore } from "ringlet";
 * import { asConnectStore } from "ringlet/stores/connect";
 *
 * const app = express();
 * const store = asConnectStore(memoryStore());
 * app.use(session({ store, secret: process.env["SECRET"] ?? "", resave: false, saveUninitialized: false }));
 * ```
 * @throws TypeError if the store is not atomic, or an option is not valid
 */
export function asConnectStore(store: AtomicSessionStore, options: AsConnectStoreOptions = {}): ExpressSessionStore {
  const config = checkedConfig("asConnectStore", store, options);
  const saves = createSaves(config);

  /** Reads a session and leaves its clock alone: its cookie says how long it lives, and `touch` will bring that. */
  const look = async (sid: string): Promise<SessionData | undefined> =>
    read({ ...config, idle: undefined }, sid, () => undefined);

  const get = async (sid: string): Promise<ConnectSession | null> => {
    const stored = await look(sid);
    config.events.emit(stored === undefined ? "unknown-key" : "read", sid);
    return stored === undefined ? null : saves.loaded(stored);
  };

  const destroy = async (sid: string): Promise<void> => {
    const session = config.principal && (await look(sid));
    await deleteStored(config, sid, session);
    config.events.emit("deleted", sid);
  };

  const createSession = (request: ExpressSessionRequest, session: ConnectSession): never => {
    const revived = revive(request, session);
    saves.becomes(session, revived);
    request.session = revived;
    return revived as never;
  };

  const face: ExpressSessionStore = Object.assign(new EventEmitter(), {
    get: (sid, callback) => callBack(get(sid), callback),
    set: (sid, session, callback) => callBack(saves.save(sid, session), callback),
    touch: (sid, session, callback) => callBack(saves.slide(sid, session), callback),
    destroy: (sid, callback) => callBack(destroy(sid), callback),
    regenerate(request, callback) {
      const regenerated = async (): Promise<void> => {
        try {
          await destroy(request.sessionID ?? "");
        } finally {
          generate(request);
        }
      };
      callBack(regenerated(), callback);
    },
    load(sid, callback) {
      const load = async (): Promise<ConnectSession | undefined> => {
        const session = await get(sid);
        return session === null ? undefined : createSession({ sessionID: sid, sessionStore: face }, session);
      };
      callBack(load(), callback);
    },
    createSession,
  } satisfies Omit<ExpressSessionStore, keyof EventEmitter>);

  const generate = (request: ExpressSessionRequest): void => {
    if (face.generate === undefined) {
      throw new TypeError(
        "asConnectStore: only express-session makes sessions here; give it the store: session({ store })",
      );
    }
    face.generate(request);
  };
  const revive = createReviver(generate);
  return face;
}

function checkedConfig(where: string, store: AtomicSessionStore, options: AsConnectStoreOptions): SessionConfig {
  checkNames(where, "option", options, ["ttl", "principal", "storeDeadline", "onEvent"]);
  const { ttl = DAY, principal, storeDeadline, onEvent } = options;
  if (typeof ttl !== "number" || !Number.isFinite(ttl) || ttl <= 0) {
    throw new TypeError(`${where}: ttl must be a number of seconds above 0, got ${show(ttl)}`);
  }
  if (typeof store?.updateSession !== "function") {
    const got = isPlainObject(store) ? "one without updateSession" : kindOf(store);
    throw new TypeError(`${where}: store must be atomic, as memory, Redis, SQLite and Postgres are, got ${got}`);
  }
  return sessionConfig(where, { store, principal, storeDeadline, onEvent, timeout: { idle: ttl } }, () => store);
}

/** Calls back once and later, so that nothing here catches what the callback throws. */
function callBack(promise: Promise<unknown>, callback: ((error?: unknown, value?: never) => void) | undefined): void {
  promise.then(
    (value) => callback && nextTick(callback, null, value),
    (error: unknown) => callback && nextTick(callback, error),
  );
}
