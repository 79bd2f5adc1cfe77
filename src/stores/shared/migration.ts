import type { AtomicSessionStore, Awaitable, SessionData, SessionStore, StoreContext } from "../../types.ts";
import { andThen } from "../../shared/awaitable.ts";
import { checkNames } from "../../shared/options.ts";
import { kindOf, show } from "../../shared/values.ts";

/** Options for taking over the sessions of another store, usually one that files them under their plain keys. */
export interface Migration {
  /** The store that has the sessions now. Its keys are the ones in the cookies. */
  readonly from: SessionStore;
  /** The old store is asked until this date. Let it be the time of deployment plus the longest life of a session. */
  readonly until: Date;
}

/** Writes a session under a key that has none. Returns whether it did. */
export type Insert = (key: string, session: SessionData, context: StoreContext) => Awaitable<boolean>;

/**
 * Makes a store that moves the sessions of the old store over, each when it is read, until a date. Without a migration
 * it returns the store itself.
 *
 * @throws TypeError if the migration is not valid
 */
export function migrating<Store extends AtomicSessionStore>(
  where: string,
  store: Store,
  insert: Insert,
  migration: Migration | undefined,
): Store {
  if (migration === undefined) return store;
  const { from, until } = checkedMigration(where, migration);
  const isOn = ({ now }: StoreContext): boolean => now < until.getTime();

  const adopt = async (key: string, context: StoreContext): Promise<SessionData | undefined> => {
    const session = await from.readSession(key, context);
    if (!session) return undefined;
    if (await insert(key, session, context)) await finish(key, context);
    return store.readSession(key, context);
  };

  /**
   * Removes a moved session from one store. It must not be in both: deleted in one, it would come back from the other.
   */
  const finish = async (key: string, context: StoreContext): Promise<void> => {
    try {
      // It is read again. A log-out that came in between has deleted the old one; one still to come finds the new one.
      if (await from.readSession(key, context)) await from.deleteSession(key, context);
      else await store.deleteSession(key, context);
    } catch (error) {
      await store.deleteSession(key, context);
      throw error;
    }
  };

  return {
    ...store,
    readSession: (key, context) =>
      andThen(
        store.readSession(key, context),
        (session) => session ?? (isOn(context) ? adopt(key, context) : undefined),
      ),
    async deleteSession(key, context) {
      if (isOn(context)) await from.deleteSession(key, context);
      return store.deleteSession(key, context);
    },
    async updateSession(key, update, seen, context) {
      let last: SessionData | null | undefined;
      const answer = await store.updateSession(key, (current) => (last = update(current)), seen, context);
      if (last === null && isOn(context)) await from.deleteSession(key, context);
      return answer;
    },
  };
}

function checkedMigration(where: string, migration: Migration): Migration {
  checkNames(`${where}: migrate`, "option", migration, ["from", "until"]);
  const { from, until } = migration;
  if (typeof from?.readSession !== "function" || typeof from.deleteSession !== "function") {
    throw new TypeError(`${where}: migrate.from must be a session store, got ${kindOf(from)}`);
  }
  if (until instanceof Date && !Number.isNaN(until.getTime())) return migration;
  throw new TypeError(`${where}: migrate.until must be a Date that is one, got ${show(until)}`);
}
