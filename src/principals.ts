/**
 * Whose sessions: the list of a principal's sessions, and logging out one, the others or all of them. Which session is
 * whose is what the option `principal` of `wrapSession` says when a session is written.
 *
 * @module
 */

import { handleOf } from "./crypto/session-key.ts";
import { isOver } from "./session/options/lifetime.ts";
import { checkNames } from "./shared/options.ts";
import { kindOf } from "./shared/values.ts";
import { sessionConfig, type SessionConfig } from "./session/options/config.ts";
import { checkIndexed } from "./session/options/principal.ts";
import { list, revoke } from "./session/store-operations.ts";
import { createdOf, withoutReserved } from "./data/reserved.ts";
import type { Revocation, SessionData, SessionEvent, SessionStore, SessionTimeout, StoredSession } from "./types.ts";

/** What `listSessions` and `revokeSessions` share. */
interface PrincipalOptions {
  /** Milliseconds for the call, then it fails as a `SessionStoreError`. Default 2000; false: for ever. */
  readonly storeDeadline?: number | false | undefined;
  /** Milliseconds since 1970. Default `Date.now`; give the clock that `wrapSession` has. */
  readonly now?: (() => number) | undefined;
  /** Hears `revoked` and `store-error`. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}

/** What `listSessions` takes. */
export interface ListOptions extends PrincipalOptions {
  /** The `sessionKey` of the request at hand: its session is marked as `current`. */
  readonly current?: string | undefined;
  /** What `wrapSession` has, where it has an absolute limit: sessions past it are left out. */
  readonly timeout?: SessionTimeout | undefined;
}

/** What `revokeSessions` takes. */
export interface RevokeOptions extends PrincipalOptions {
  /** The `sessionKey` of the session that is to stay, as a rule that of the request at hand. */
  readonly except?: string | undefined;
  /** The handle of the one session to revoke. Given as undefined, as from a form without the field, it is none. */
  readonly handle?: string | undefined;
}

/** A session in the list of a principal. */
export interface ListedSession<S extends object = SessionData> {
  /** Stands for it in `revokeSessions`. Fit for a page: it opens nothing. */
  readonly handle: string;
  /** What it holds. */
  readonly session: Readonly<S>;
  /** When it began, in milliseconds since 1970: the log-in, or the last new key where there is no absolute limit. */
  readonly created: number;
  /** When it was last used. Where a read costs the store a write: up to a tenth of the idle time ago. */
  readonly lastSeen: number;
  /** Whether it is the one of `current`. */
  readonly current: boolean;
}

/**
 * The live sessions of a principal, the last used first.
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
 * @throws TypeError where the store has no index, or an argument is not as it should be
 * @throws SessionStoreError where the store fails
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
 * Logs a principal out: everywhere, everywhere else (`except`), or in one place (`handle`); answers how many sessions
 * that were. A request that is under way cannot bring one back; one that answers a session with `sessionRecreate` is a log-in
 * of its own. A handle of somebody else's session is none.
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
 * @throws TypeError where the store has no index, or an argument is not as it should be
 * @throws SessionStoreError where the store fails
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
