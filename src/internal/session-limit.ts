import type { Awaitable, SessionData, StoredSession } from "../types.ts";
import { andThen } from "./awaitable.ts";
import { principalOf } from "./next-session.ts";
import type { SessionConfig } from "./session-config.ts";
import { list, revoke } from "./store-operations.ts";

/**
 * Where the principal of a session has more sessions than `maxSessions` by it, revokes the one that was not seen for
 * longest. `before`: what the session was; one that was the principal's already makes no difference.
 */
export function enforceLimit(
  config: SessionConfig,
  session: SessionData,
  before: SessionData | undefined,
): Awaitable<void> {
  const { maxSessions } = config;
  if (maxSessions === undefined) return undefined;
  const principal = principalOf(config, session);
  if (principal === undefined || principal === principalOf(config, before)) return undefined;
  return andThen(list(config, principal), (sessions) => {
    const surplus = sessions.toSorted(latestFirst).slice(maxSessions);
    return surplus.length === 0 ? undefined : revokeAll(config, principal, surplus);
  });
}

/** In one order whoever asks, so that two log-ins at once do not revoke each other. */
function latestFirst(one: StoredSession, other: StoredSession): number {
  return other.lastSeen - one.lastSeen || other.created - one.created || (one.handle < other.handle ? -1 : 1);
}

async function revokeAll(config: SessionConfig, principal: string, sessions: readonly StoredSession[]): Promise<void> {
  await Promise.all(sessions.map(async ({ handle }) => revoke(config, principal, { only: handle })));
}
