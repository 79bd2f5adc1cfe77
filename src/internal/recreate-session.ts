import type { SessionData } from "../types.ts";
import { equal } from "./equal.ts";
import { began, beginning, nextSession, type Wanted } from "./next-session.ts";
import { isOver } from "./lifetime.ts";
import { createdOf } from "./stored.ts";
import type { Visit } from "./visit.ts";
import type { SessionConfig } from "./session-config.ts";
import { dropped, forgotten, type CookieChange } from "./session-cookie.ts";
import { drop, take, update, write } from "./store-operations.ts";

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
  const next = (current: SessionData | undefined): SessionData | null => {
    const created = renewal ? began(config, current ?? seen) : beginning(config);
    return nextSession(config, visit, wanted, current, created);
  };
  if (renewal && isOver(config, visit.created)) return dropped(config, key);
  if (renewal && atomic && !(await isThere(config, key, visit))) return dropped(config, key);
  const session = next(seen);
  if (session === null) return takenBack(config, key, key, forgotten);
  const fresh = await write(config, undefined, session);
  if (!atomic) await drop(config, key);
  const newest = atomic ? await take(config, key, visit) : seen;
  if (!equal(newest, seen)) {
    // What others did to the old key since it was read is carried over, or found to be its end.
    if (newest === undefined && renewal) return takenBack(config, key, fresh, dropped);
    const merged = next(newest);
    if (merged === null) return takenBack(config, key, fresh, forgotten);
    await update(config, fresh, { ...visit, created: createdOf(merged) }, () => merged);
  }
  config.events.recreated(fresh, key);
  return fresh;
}

async function isThere(config: SessionConfig, key: string, visit: Visit): Promise<boolean> {
  return (await update(config, key, visit, (current) => current)) !== undefined;
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
