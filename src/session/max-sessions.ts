import { SessionStoreError } from "../errors.ts";
import type { Awaitable, SessionData, StoredSession } from "../types.ts";
import { handleOf } from "../crypto/session-key.ts";
import { isOver } from "./options/timeout.ts";
import { principalOf } from "./options/principal.ts";
import type { SessionConfig } from "./options/config.ts";
import { list, revoke } from "./store-operations.ts";
import { createdOf } from "../data/reserved.ts";

/**
 * Revokes the session that was not seen for longest, if the principal of a session that was just written has more than
 * `maxSessions`. `before` is the session before the write: a session that was the principal's already counts as no new
 * one. An error of the store fails no log-in, because an event has reported it.
 */
export function enforceLimit(
  config: SessionConfig,
  key: string,
  session: SessionData,
  before: SessionData | undefined,
): Awaitable<void> {
  if (config.maxSessions === undefined) return undefined;
  const principal = principalOf(config.principal, session);
  if (principal === undefined || principal === principalOf(config.principal, before)) return undefined;
  return revokeSurplus(config, principal, handleOf(key), config.maxSessions);
}

async function revokeSurplus(config: SessionConfig, principal: string, ownHandle: string, most: number): Promise<void> {
  try {
    const sessions = await list(config, principal);
    const live = sessions.filter(({ session }) => !isOver(config, createdOf(session)));
    const surplus = latestFirst(live, ownHandle).slice(most);
    await Promise.all(surplus.map(async ({ handle }) => revoke(config, principal, { only: handle })));
  } catch (error) {
    if (!(error instanceof SessionStoreError)) throw error;
  }
}

/**
 * Returns sessions, those that were seen last first. The log-in of this request counts as seen last, whatever the
 * clocks of other servers say. Sessions that were made after it are the exception: two log-ins at once must agree which
 * is later.
 */
function latestFirst(sessions: readonly StoredSession[], ownHandle: string): readonly StoredSession[] {
  const own = sessions.find(({ handle }) => handle === ownHandle);
  if (own === undefined) return sessions.toSorted(byLastSeen);
  const older = sessions.filter(({ created }) => created <= own.created);
  const latest = { ...own, lastSeen: Math.max(...older.map(({ lastSeen }) => lastSeen)) };
  return [latest, ...sessions.filter((each) => each !== own)].toSorted(byLastSeen);
}

function byLastSeen(one: StoredSession, other: StoredSession): number {
  return other.lastSeen - one.lastSeen;
}
