/**
 * Sessions of a principal: list them, and log out one, the others or all of them. The option `principal` of
 * `wrapSession` says whose a session is, each time it is written.
 *
 * @module
 */

import { handleOf } from "./crypto/session-key.ts";
import { isOver } from "./session/options/timeout.ts";
import { checkNames } from "./shared/options.ts";
import { kindOf } from "./shared/values.ts";
import { sessionConfig, type SessionConfig } from "./session/options/config.ts";
import { checkIndexed } from "./session/options/principal.ts";
import { list, revoke } from "./session/store-operations.ts";
import { createdOf, withoutReserved } from "./data/reserved.ts";
import type { Revocation, SessionData, SessionEvent, SessionStore, SessionTimeout, StoredSession } from "./types.ts";

/** Options of both `listSessions` and `revokeSessions`. */
interface PrincipalOptions {
  /** Milliseconds for the call; then it fails with a `SessionStoreError`. Default 2000; `false`: for ever. */
  readonly storeDeadline?: number | false | undefined;
  /** The clock, in milliseconds since 1970. Default `Date.now`; give the clock that `wrapSession` has. */
  readonly now?: (() => number) | undefined;
  /** Called with each `revoked` and `store-error`. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}

/** Options of `listSessions`. */
export interface ListOptions extends PrincipalOptions {
  /** The `sessionKey` of this request. Its session is marked as `current`. */
  readonly current?: string | undefined;
  /** The `timeout` of `wrapSession`. Needed if it has an absolute limit: sessions past it are left out. */
  readonly timeout?: SessionTimeout | undefined;
}

/** Options of `revokeSessions`. */
export interface RevokeOptions extends PrincipalOptions {
  /** The `sessionKey` of the session to keep; most often that of this request. */
  readonly except?: string | undefined;
  /**
   * The handle of the one session to revoke. If it is given as undefined (a form without the field), none is revoked.
   */
  readonly handle?: string | undefined;
}

/** A session in the list of a principal. */
export interface ListedSession<S extends object = SessionData> {
  /** Stands for the session in `revokeSessions`. It opens no session, so a page may show it. */
  readonly handle: string;
  /** The data of the session. */
  readonly session: Readonly<S>;
  /** The time it began, in milliseconds since 1970: the log-in, or the last new key if there is no absolute limit. */
  readonly created: number;
  /** The time it was last used. Up to a tenth of the idle time too early, if a read costs the store a write. */
  readonly lastSeen: number;
  /** Whether it is the session of the option `current`. */
  readonly current: boolean;
}

/**
 * Returns the live sessions of a principal, the last used first.
 *
 * @example
 * ```ts
 * import { listSessions, memoryStore, wrapSession, type Request, type SessionRequest } from "ringlet";
 *
 * interface App {
 *   readonly user?: string;
 *   readonly browser?: string;
 * }
 *
 * const store = memoryStore();
 *
 * const devices = async ({ session, sessionKey }: Request & SessionRequest<App>) => {
 *   const sessions = await listSessions<App>(store, session.user ?? "", { current: sessionKey });
 *   return { body: sessions.map((each) => `${each.session.browser} ${each.current ? "(this one)" : ""}`).join("\n") };
 * };
 *
 * const app = wrapSession(devices, { store, principal: (session) => session.user });
 * ```
 * @throws TypeError if the store has no index, or an argument is invalid
 * @throws SessionStoreError if the store fails
 */
export async function listSessions<S extends object = SessionData>(
  store: SessionStore,
  principal: string,
  options: ListOptions = {},
): Promise<readonly ListedSession<S>[]> {
  const where = "listSessions";
  checkNames(where, "option", options, ["current", "timeout", "storeDeadline", "now", "onEvent"]);
  const config = principalConfig(where, store, principal, options);
  const current = options.current === undefined ? undefined : handleOf(options.current);
  const stored = await list(config, principal);
  const live = stored.filter(({ session }) => !isOver(config, createdOf(session)));
  const sessions = live.map((each) => listedSession<S>(each, current));
  return sessions.toSorted((one, other) => other.lastSeen - one.lastSeen || other.created - one.created);
}

/**
 * Logs a principal out: everywhere, everywhere else (`except`), or in one place (`handle`). Returns how many sessions
 * were ended. A handle of somebody else's session ends none.
 *
 * A request that is under way cannot bring a session back. A request that is logging in (`sessionRecreate`) at that
 * moment still makes its new session.
 *
 * @example
 * ```ts
 * import { memoryStore, revokeSessions, type Request, type SessionRequest } from "ringlet";
 *
 * const store = memoryStore();
 *
 * const logOutElsewhere = async ({ session, sessionKey }: Request & SessionRequest<{ readonly user: string }>) => ({
 *   body: `${await revokeSessions(store, session.user, { except: sessionKey })} other sessions ended`,
 * });
 * ```
 * @throws TypeError if the store has no index, or an argument is invalid
 * @throws SessionStoreError if the store fails
 */
export async function revokeSessions(
  store: SessionStore,
  principal: string,
  options: RevokeOptions = {},
): Promise<number> {
  const where = "revokeSessions";
  checkNames(where, "option", options, ["except", "handle", "storeDeadline", "now", "onEvent"]);
  const config = principalConfig(where, store, principal, options);
  const { except, handle } = options;
  const one = Object.hasOwn(options, "handle");
  if (one && except !== undefined) throw new TypeError(`${where}: give either handle or except, got both`);
  if (one && typeof handle !== "string") return 0;
  const which: Revocation = one ? { only: handle } : { except: except === undefined ? undefined : handleOf(except) };
  return (await revoke(config, principal, which)).length;
}

function principalConfig(
  where: string,
  store: SessionStore,
  principal: string,
  { storeDeadline, now, onEvent, timeout }: PrincipalOptions & Pick<ListOptions, "timeout">,
): SessionConfig {
  if (typeof principal !== "string") throw new TypeError(`${where}: principal must be text, got ${kindOf(principal)}`);
  checkIndexed(where, "the call", store);
  return sessionConfig(where, { store, storeDeadline, now, onEvent, timeout }, () => store);
}

function listedSession<S extends object>(
  { handle, session: stored, created, lastSeen }: StoredSession,
  current: string | undefined,
): ListedSession<S> {
  const session = withoutReserved(stored) as S;
  return { handle, session, created: createdOf(stored) ?? created, lastSeen, current: handle === current };
}
