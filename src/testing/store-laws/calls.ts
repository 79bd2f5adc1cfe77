import { deepStrictEqual, strictEqual } from "node:assert/strict";

import type {
  AtomicSessionStore,
  IndexedSessionStore,
  Revocation,
  SessionData,
  SessionStore,
  StoreContext,
  StoredSession,
} from "../../types.ts";
import { handleOf } from "../../crypto/session-key.ts";
import { at, isAtomicStore } from "./law.ts";

/** Writes a session of a principal, or of nobody. */
export async function writeFor(
  store: SessionStore,
  principal: string | undefined,
  session: SessionData,
  seconds: number,
  more: Partial<StoreContext> = {},
): Promise<string> {
  return store.writeSession(undefined, session, { ...at(seconds), ...more, principal });
}

/** Changes a session as the core does: the store learns the session's new principal only after the update has run. */
export async function changeFor(
  store: IndexedSessionStore & Partial<AtomicSessionStore>,
  principal: string | undefined,
  key: string,
  session: SessionData,
  seconds: number,
  before: string | undefined = principal,
): Promise<void> {
  if (!isAtomicStore(store)) return void (await store.writeSession(key, session, { ...at(seconds), principal }));
  let whose = before;
  const update = (): SessionData => {
    whose = principal;
    return session;
  };
  const context: StoreContext = {
    ...at(seconds),
    get principal() {
      return whose;
    },
  };
  strictEqual(await store.updateSession(key, update, undefined, context), key);
}

/** Lists the sessions of a principal as `listSessions` does: the call has no time to live. */
export async function listFor(
  store: IndexedSessionStore,
  principal: string,
  seconds: number,
): Promise<readonly StoredSession[]> {
  return store.listSessions(principal, { ...at(seconds), ttl: undefined, idle: 1800, principal });
}

/** Returns the handles in the list of a principal, sorted. */
export async function listedHandles(store: IndexedSessionStore, principal: string, seconds: number): Promise<string[]> {
  return (await listFor(store, principal, seconds)).map(({ handle }) => handle).toSorted();
}

/** Checks that the list of a principal has the sessions of these keys and no others. */
export async function expectListed(
  store: IndexedSessionStore,
  principal: string,
  seconds: number,
  keys: readonly string[],
): Promise<void> {
  deepStrictEqual(await listedHandles(store, principal, seconds), handles(keys));
}

/** Revokes sessions of a principal. Returns their handles, sorted. */
export async function revokeFor(
  store: IndexedSessionStore,
  principal: string,
  which: Revocation,
  seconds: number,
): Promise<string[]> {
  const context = { ...at(seconds), ttl: undefined, idle: 1800, principal };
  return [...(await store.revokeSessions(principal, which, context))].toSorted();
}

/** Returns the handles of keys, sorted. */
export function handles(keys: readonly string[]): string[] {
  return keys.map(handleOf).toSorted();
}
