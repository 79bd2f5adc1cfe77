import { SessionStoreError } from "../errors.ts";
import type { SessionData } from "../types.ts";
import { equal } from "../data/equal.ts";
import { createdOrNow, createdNow, isOver } from "./options/lifetime.ts";
import { type NextParts, nextSession } from "./next.ts";
import { writeDropped, sessionDeleted } from "./outcome.ts";
import type { CookieChange } from "./options/cookie.ts";
import type { SessionConfig } from "./options/config.ts";
import { enforceLimit } from "./limit.ts";
import { drop, take, update, write } from "./store-operations.ts";
import { createdOf } from "../data/reserved.ts";
import type { Visit } from "./visit.ts";

/** A session on its way from its old key to a new one. */
interface Move {
  readonly config: SessionConfig;
  readonly visit: Visit;
  readonly oldKey: string;
  /** What was read under the old key. */
  readonly seen: SessionData;
  /** What is to stand under the new key, made of what stands under the old one; undefined where that is gone. */
  readonly next: (current: SessionData | undefined) => SessionData | null;
}

/**
 * Gives a session a new key. Writes before it deletes: a fault between the two leaves a session too many, never one
 * too few. A renewal goes on as it is, and not at all where the old key is gone; a log-in starts anew in any case.
 */
export async function recreate(
  config: SessionConfig,
  visit: Visit,
  oldKey: string,
  { order, changes, renewal }: Pick<NextParts, "order" | "changes"> & { readonly renewal: boolean },
): Promise<CookieChange> {
  const seen = visit.stored ?? visit.session;
  const next: Move["next"] = (current) => {
    const created = renewal ? createdOrNow(config, current ?? seen) : createdNow(config);
    return nextSession(config, visit, { order, changes, current, created, fresh: !renewal });
  };
  const move: Move = { config, visit, oldKey, seen, next };
  if (renewal && !(await isAlive(move))) return writeDropped(config, oldKey);
  const session = next(seen);
  if (session === null) {
    await drop(config, oldKey);
    return sessionDeleted(config, oldKey);
  }
  const newKey = await write(config, undefined, session);
  const { newest, final } = await moveFromOldKey(move, newKey, session);
  if (newest === undefined && renewal) {
    await drop(config, newKey);
    return writeDropped(config, oldKey);
  }
  if (final === null) {
    await drop(config, newKey);
    return sessionDeleted(config, oldKey);
  }
  if (final !== session) await writeNewest(move, newKey, final, newest);
  config.events.recreated(newKey, oldKey);
  await enforceLimit(config, newKey, final, undefined);
  return newKey;
}

/** Whether the old session still lives. An atomic store is asked by an update that changes nothing; others cannot say. */
async function isAlive({ config, visit, oldKey }: Move): Promise<boolean> {
  if (isOver(config, visit.created)) return false;
  return !isAtomic(config) || (await update(config, oldKey, visit, (current) => current)) !== undefined;
}

function isAtomic({ store }: SessionConfig): boolean {
  return store.updateSession !== undefined;
}

/** What stood under the old key at the end, undefined where it was gone; and what is to stand under the new one. */
interface Moved {
  readonly newest: SessionData | undefined;
  readonly final: SessionData | null;
}

/** Takes the old session out, and makes the new one again if others have changed the old one since it was read. */
async function moveFromOldKey(
  { config, visit, oldKey, seen, next }: Move,
  newKey: string,
  session: SessionData,
): Promise<Moved> {
  if (!isAtomic(config)) {
    await drop(config, oldKey, seen);
    return { newest: seen, final: session };
  }
  let final: SessionData | null = session;
  try {
    const newest = await take(config, oldKey, visit, (current) => {
      final = equal(current, seen) ? session : next(current);
    });
    return { newest, final: newest === undefined ? next(undefined) : final };
  } catch (error) {
    // The application's function failed when it ran again, before the old session was taken out: nothing has changed.
    if (!(error instanceof SessionStoreError)) await drop(config, newKey);
    throw error;
  }
}

async function writeNewest(
  { config, visit }: Move,
  newKey: string,
  final: SessionData,
  newest: SessionData | undefined,
): Promise<void> {
  await update(config, newKey, { ...visit, created: createdOf(final) }, () => final);
  if (newest !== undefined) config.events.emit("conflict-merged", newKey);
}
