import { SessionStoreError } from "../errors.ts";
import type { SessionData } from "../types.ts";
import { equal } from "../data/equal.ts";
import { began, beginning, isOver } from "./options/lifetime.ts";
import { type NextOrder, nextSession } from "./next.ts";
import { dropped, forgotten } from "./outcome.ts";
import type { CookieChange } from "./options/cookie.ts";
import type { SessionConfig } from "./options/config.ts";
import { enforceLimit } from "./limit.ts";
import { drop, take, update, write } from "./store-operations.ts";
import { createdOf } from "../data/reserved.ts";
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
  order: NextOrder,
  renewal: boolean,
): Promise<CookieChange> {
  const seen = visit.stored ?? visit.session;
  const next: Next = (current) => {
    const created = renewal ? began(config, current ?? seen) : beginning(config);
    return nextSession(config, visit, { order, current, created, fresh: !renewal });
  };
  if (renewal && isOver(config, visit.created)) return dropped(config, key);
  if (renewal && isAtomic(config) && !(await isThere(config, key, visit))) return dropped(config, key);
  const session = next(seen);
  if (session === null) return takenBack(config, key, key, forgotten);
  const fresh = await write(config, undefined, session);
  const { newest, last } = await takeOver(config, visit, key, fresh, { seen, session, next });
  if (!isAtomic(config)) await drop(config, key, newest);
  if (newest === undefined && renewal) return takenBack(config, key, fresh, dropped);
  if (last === null) return takenBack(config, key, fresh, forgotten);
  if (last !== session) await carryOver(config, visit, fresh, last, newest);
  config.events.recreated(fresh, key);
  await enforceLimit(config, fresh, last, undefined);
  return fresh;
}

function isAtomic({ store }: SessionConfig): boolean {
  return store.updateSession !== undefined;
}

/** Asked by an update that changes nothing: only an atomic answer counts. */
async function isThere(config: SessionConfig, key: string, visit: Visit): Promise<boolean> {
  return (await update(config, key, visit, (current) => current)) !== undefined;
}

/** What was read, what became of it, and how. */
interface Plan {
  readonly seen: SessionData;
  readonly session: SessionData;
  readonly next: Next;
}

/** What stood under the old key at the end, undefined where it was gone; and what is to stand under the new one. */
interface Takeover {
  readonly newest: SessionData | undefined;
  readonly last: SessionData | null;
}

/** Takes the old session out, and does to the new one what others did to the old one since it was read. */
async function takeOver(
  config: SessionConfig,
  visit: Visit,
  key: string,
  fresh: string,
  { seen, session, next }: Plan,
): Promise<Takeover> {
  if (!isAtomic(config)) return { newest: seen, last: session };
  let last: SessionData | null = session;
  try {
    const newest = await take(config, key, visit, (current) => {
      last = equal(current, seen) ? session : next(current);
    });
    return { newest, last: newest === undefined ? next(undefined) : last };
  } catch (error) {
    // The application's function failed when it ran again, before the old session was taken out: nothing has changed.
    if (!(error instanceof SessionStoreError)) await drop(config, fresh);
    throw error;
  }
}

async function carryOver(
  config: SessionConfig,
  visit: Visit,
  fresh: string,
  last: SessionData,
  newest: SessionData | undefined,
): Promise<void> {
  await update(config, fresh, { ...visit, created: createdOf(last) }, () => last);
  if (newest !== undefined) config.events.emit("conflict-merged", fresh);
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
