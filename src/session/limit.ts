import { SessionStoreError } from "../errors.ts";
import type { Awaitable, SessionData, StoredSession } from "../types.ts";
import { handleOf } from "../crypto/session-key.ts";
import { isOver } from "./options/lifetime.ts";
import { principalOf } from "./options/principal.ts";
import type { SessionConfig } from "./options/config.ts";
import { list, revoke } from "./store-operations.ts";
import { createdOf } from "../data/reserved.ts";

/**
 * Where the principal of a session that was just written has more sessions than `maxSessions` by it, revokes the one
 * that was not seen for longest. `before`: what the session was; one that was the principal's already makes no
 * difference. A store that fails here fails nobody's log-in: an event has told of it.
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
 * By when they were last seen. The log-in at hand counts as the latest, whatever the clocks of other servers say, but
 * for sessions that were made after it: of two log-ins at once, both must think the same one is the later.
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
