import type { SessionData } from "../types.ts";
import { equal } from "./equal.ts";
import { isOver } from "./lifetime.ts";
import { began, beginning, nextSession, type Wanted } from "./next-session.ts";
import { dropped, forgotten, type CookieChange } from "./session-outcome.ts";
import type { SessionConfig } from "./session-config.ts";
import { enforceLimit } from "./session-limit.ts";
import { drop, take, update, write } from "./store-operations.ts";
import { createdOf } from "./stored.ts";
import type { Visit } from "./visit.ts";

type Next = (current: SessionData | undefined) => SessionData | null;

/**
 * Gives a session a new key. Writes before it deletes: a fault between the two leaves a session too many, never one
 * too few. A renewal goes on as it is, and not at all where the old key is gone; a log-in starts anew in any case.
 */
export async function recreate(
  config: SessionConfig,
  visit: Visit,
  key: string,
  wanted: Wanted,
  renewal: boolean,
): Promise<CookieChange> {
  const atomic = config.store.updateSession !== undefined;
  const seen = visit.stored ?? visit.session;
  const next: Next = (current) => {
    const created = renewal ? began(config, current ?? seen) : beginning(config);
    return nextSession(config, visit, { wanted, current, created, fresh: !renewal });
  };
  if (renewal && isOver(config, visit.created)) return dropped(config, key);
  if (renewal && atomic && !(await isThere(config, key, visit))) return dropped(config, key);
  const session = next(seen);
  if (session === null) return takenBack(config, key, key, forgotten);
  const fresh = await write(config, undefined, session);
  const newest = atomic ? await take(config, key, visit) : seen;
  await drop(config, key, newest);
  if (newest === undefined && renewal) return takenBack(config, key, fresh, dropped);
  if (!equal(newest, seen) && !(await carryOver(config, visit, key, fresh, newest, next))) {
    return takenBack(config, key, fresh, forgotten);
  }
  config.events.recreated(fresh, key);
  await enforceLimit(config, session, undefined);
  return fresh;
}

/** Asked by an update that changes nothing: only an atomic answer counts. */
async function isThere(config: SessionConfig, key: string, visit: Visit): Promise<boolean> {
  return (await update(config, key, visit, (current) => current)) !== undefined;
}

/** Does to the new session what others did to the old one since it was read; false where that is its end. */
async function carryOver(
  config: SessionConfig,
  visit: Visit,
  key: string,
  fresh: string,
  newest: SessionData | undefined,
  next: Next,
): Promise<boolean> {
  const session = await orRestore(config, key, fresh, newest, next);
  if (session === null) return false;
  await update(config, fresh, { ...visit, created: createdOf(session) }, () => session);
  if (newest !== undefined) config.events.emit("conflict-merged", fresh);
  return true;
}

/** A function that throws when it runs again must change nothing, although the old session has been taken out by now. */
async function orRestore(
  config: SessionConfig,
  key: string,
  fresh: string,
  newest: SessionData | undefined,
  next: Next,
): Promise<SessionData | null> {
  try {
    return next(newest);
  } catch (error) {
    if (newest !== undefined) await write(config, key, newest);
    await drop(config, fresh);
    throw error;
  }
}

async function takenBack(
  config: SessionConfig,
  key: string,
  fresh: string,
  outcome: (config: SessionConfig, key: string) => CookieChange,
): Promise<CookieChange> {
  await drop(config, fresh);
  return outcome(config, key);
}
