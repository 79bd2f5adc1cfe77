import { SessionStoreError } from "../errors.ts";
import type { SessionData } from "../types.ts";
import { equal } from "../data/equal.ts";
import { createdOrNow, createdNow, isOver } from "./options/timeout.ts";
import { type NextParts, nextSession } from "./next.ts";
import { reportDropped, reportDeleted } from "./log-out.ts";
import type { CookieChange } from "./options/cookie.ts";
import type { SessionConfig } from "./options/config.ts";
import { enforceLimit } from "./max-sessions.ts";
import { deleteStored, take, update, write } from "./store-operations.ts";
import { createdOf } from "../data/reserved.ts";
import type { Visit } from "./visit.ts";

/** A session on its way from its old key to a new one. */
interface Move {
  readonly config: SessionConfig;
  readonly visit: Visit;
  readonly oldKey: string;
  /** The session that was read under the old key. */
  readonly seen: SessionData;
  /** Makes the session for the new key from the current one of the old key, which is undefined if it is gone. */
  readonly next: (current: SessionData | undefined) => SessionData | null;
}

/**
 * Gives a session a new key. It writes before it deletes: a fault between the two leaves a session too many, never one
 * too few. A renewal (no session on the response, or only a flash or secret) keeps the session as it is, and is dropped if
 * the old key is gone. A log-in makes a new session in any case.
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
  if (renewal && !(await isAlive(move))) return reportDropped(config, oldKey);
  const session = next(seen);
  if (session === null) {
    await deleteStored(config, oldKey);
    return reportDeleted(config, oldKey);
  }
  const newKey = await write(config, undefined, session);
  const { newest, final } = await moveFromOldKey(move, newKey, session);
  if (newest === undefined && renewal) {
    await deleteStored(config, newKey);
    return reportDropped(config, oldKey);
  }
  if (final === null) {
    await deleteStored(config, newKey);
    return reportDeleted(config, oldKey);
  }
  if (final !== session) await writeNewest(move, newKey, final, newest);
  config.events.recreated(newKey, oldKey);
  await enforceLimit(config, newKey, final, undefined);
  return newKey;
}

/**
 * Whether the old session still lives. An atomic store is asked by an update that changes nothing. Others cannot tell.
 */
async function isAlive({ config, visit, oldKey }: Move): Promise<boolean> {
  if (isOver(config, visit.created)) return false;
  return !isAtomic(config) || (await update(config, oldKey, visit, (current) => current)) !== undefined;
}

function isAtomic({ store }: SessionConfig): boolean {
  return store.updateSession !== undefined;
}

/** Result of a move. */
interface Moved {
  /** The session of the old key when it was taken out; undefined if it was gone. */
  readonly newest: SessionData | undefined;
  /** The session for the new key; `null` if there is to be none. */
  readonly final: SessionData | null;
}

/** Takes the old session out of the store. The new one is made again if others have changed the old one meanwhile. */
async function moveFromOldKey(
  { config, visit, oldKey, seen, next }: Move,
  newKey: string,
  session: SessionData,
): Promise<Moved> {
  if (!isAtomic(config)) {
    await deleteStored(config, oldKey, seen);
    return { newest: seen, final: session };
  }
  let final: SessionData | null = session;
  try {
    const newest = await take(config, oldKey, visit, (current) => {
      final = equal(current, seen) ? session : next(current);
    });
    return { newest, final: newest === undefined ? next(undefined) : final };
  } catch (error) {
    // The application's function failed when it ran again. The old session was not taken out: nothing has changed.
    if (!(error instanceof SessionStoreError)) await deleteStored(config, newKey);
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
