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
 * `maxSessions`. `before` is the session before the write: if it belonged to the principal already, nothing is revoked. An
 * error of the store is ignored, and the log-in goes on: the event `store-error` has reported it.
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
 * Returns sessions, those that were seen last first. The session of this log-in comes first, whatever the clocks of other
 * servers say. Only sessions that were made later come before it, so that two log-ins at once agree.
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
