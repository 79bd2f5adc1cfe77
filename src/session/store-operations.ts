import { SessionStoreError } from "../errors.ts";
import type { Awaitable, Revocation, SessionData, StoreContext, StoredSession, StoreFact } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { lifetime } from "./options/timeout.ts";
import { principalOf } from "./options/principal.ts";
import { isPlainObject, kindOf } from "../shared/values.ts";
import type { SessionConfig } from "./options/config.ts";
import { asApplication, callStore } from "./store-call.ts";
import { createdOf } from "../data/reserved.ts";
import type { Visit } from "./visit.ts";

/** Returns the stored session of a key, or undefined if there is none. Restarts its idle clock. */
export function read(
  config: SessionConfig,
  key: string,
  report: (fact: StoreFact) => void,
): Awaitable<SessionData | undefined> {
  const call = { operation: "read", key, ttl: config.idle, report } as const;
  return callStore(config, call, (context) => config.store.readSession(key, context), checkedSession);
}

/** Writes a session under a key, or under a fresh key if that is undefined. Returns the key. */
export function write(config: SessionConfig, key: string | undefined, session: SessionData): Awaitable<string> {
  const ttl = lifetime(config, createdOf(session));
  const call = { operation: "write", key, ttl, principal: principalOf(config.principal, session) } as const;
  return callStore(config, call, (context) => config.store.writeSession(key, session, context), checkedKey);
}

/** Changes the newest session of a key in one step. Returns its key, or undefined if it is gone. For atomic stores. */
export function update(
  config: SessionConfig,
  key: string,
  visit: Visit,
  change: (current: SessionData) => SessionData | null,
  report?: (fact: StoreFact) => void,
): Awaitable<string | undefined> {
  let latest: SessionData | null | undefined = visit.stored;
  const run = (current: SessionData): SessionData | null => (latest = asApplication(() => change(current)));
  const seen = key === visit.key ? visit.stored : undefined;
  const principalLater = config.principal && (() => principalOf(config.principal, latest));
  const ttl = lifetime(config, visit.created);
  const call = { operation: "update", key, ttl, principalLater, report } as const;
  return callStore(config, call, (context) => config.store.updateSession?.(key, run, seen, context), unchecked);
}

/**
 * Takes a session out of an atomic store and returns its newest state, or undefined if it was gone. `inspect` gets that
 * state first. If it throws, nothing is taken out. Some stores return no key when an update deletes, so only the fact
 * `gone` tells that the session was missing.
 */
export function take(
  config: SessionConfig,
  key: string,
  visit: Visit,
  inspect: (newest: SessionData) => void,
): Awaitable<SessionData | undefined> {
  let newest: SessionData | undefined;
  const empty = (current: SessionData): null => {
    newest = current;
    inspect(current);
    return null;
  };
  const forget = (fact: StoreFact): void => {
    if (fact === "gone") newest = undefined;
  };
  return andThen(update(config, key, visit, empty, forget), () => newest);
}

/** Deletes a session. Returns the value that the store wants in the cookie now, if any. `session` is given if known. */
export function deleteStored(config: SessionConfig, key: string, session?: SessionData): Awaitable<string | void> {
  const principal = principalOf(config.principal, session);
  const call = { operation: "delete", key, ttl: undefined, principal } as const;
  return callStore(config, call, (context) => config.store.deleteSession(key, context), unchecked);
}

/** Returns the live sessions of a principal. For stores with an index. */
export function list(config: SessionConfig, principal: string): Awaitable<readonly StoredSession[]> {
  const call = { operation: "list", key: undefined, ttl: undefined, principal } as const;
  return callStore(config, call, (context) => config.store.listSessions?.(principal, context) ?? [], unchecked);
}

/** Deletes sessions of a principal. Returns their handles. For stores with an index. */
export function revoke(config: SessionConfig, principal: string, which: Revocation): Awaitable<readonly string[]> {
  const call = { operation: "revoke", key: undefined, ttl: undefined, principal } as const;
  const run = (context: StoreContext): Awaitable<readonly string[]> =>
    config.store.revokeSessions?.(principal, which, context) ?? [];
  return andThen(callStore(config, call, run, unchecked), (handles) => {
    for (const handle of handles) config.events.revoked(handle);
    return handles;
  });
}

/** Returns the key to send again if the cookie is due to be refreshed; otherwise undefined. */
export function refreshedKey(config: SessionConfig, key: string, visit: Visit): Awaitable<string | undefined> {
  const { stored } = visit;
  if (stored === undefined || config.store.renewSession === undefined) return undefined;
  // The key of a session on the server does not age by itself. Its cookie does, if it has a Max-Age.
  if (config.store.updateSession !== undefined && config.cookie.attrs.maxAge === undefined) return undefined;
  const call = { operation: "renew", key, ttl: lifetime(config, visit.created) } as const;
  return callStore(config, call, (context) => config.store.renewSession?.(key, stored, context), unchecked);
}

function checkedSession(answer: unknown): SessionData | undefined {
  // As in Ring, a store may also return null or false if there is no session.
  if (!answer) return undefined;
  if (isPlainObject(answer)) return answer;
  throw new SessionStoreError("read", `answered ${kindOf(answer)}, which is no session`);
}

function checkedKey(answer: unknown): string {
  if (typeof answer === "string" && answer !== "") return answer;
  throw new SessionStoreError("write", `answered ${kindOf(answer)}, which is no key`);
}

function unchecked<T>(answer: T): T {
  return answer;
}
