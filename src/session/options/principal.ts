import type { IndexedSessionStore, SessionData, SessionStore } from "../../types.ts";
import { withoutReserved } from "../../data/reserved.ts";
import { kindOf, show } from "../../shared/values.ts";

/** The option `principal`: returns whose a session is. */
export type Principal = ((session: object) => string | undefined) | undefined;

/**
 * Returns the principal of a session; undefined if it is nobody's.
 *
 * @throws TypeError if the option `principal` returns neither text nor undefined
 */
export function principalOf(principal: Principal, session: SessionData | null | undefined): string | undefined {
  if (principal === undefined || !session) return undefined;
  const name: unknown = principal(withoutReserved(session));
  if (name === undefined || typeof name === "string") return name;
  throw new TypeError(`principal must answer text or undefined, got ${kindOf(name)}`);
}

/**
 * Checks the option `maxSessions` and returns it.
 *
 * @throws TypeError
 */
export function checkedMaxSessions(
  where: string,
  { maxSessions, principal }: { readonly maxSessions?: number | undefined; readonly principal?: unknown },
  store: SessionStore & Partial<IndexedSessionStore>,
): number | undefined {
  if (maxSessions === undefined) return undefined;
  if (!Number.isInteger(maxSessions) || maxSessions < 1) {
    throw new TypeError(`${where}: maxSessions must be a whole number of at least 1, got ${show(maxSessions)}`);
  }
  if (principal === undefined) {
    throw new TypeError(`${where}: maxSessions counts the sessions of a principal; give the option principal too`);
  }
  checkIndexed(where, "maxSessions", store);
  return maxSessions;
}

/**
 * Throws if a store has no index of principals.
 *
 * @throws TypeError
 */
export function checkIndexed(
  where: string,
  what: string,
  store: SessionStore & Partial<IndexedSessionStore>,
): asserts store is IndexedSessionStore {
  for (const name of ["listSessions", "revokeSessions"] as const) {
    if (typeof store?.[name] === "function") continue;
    throw new TypeError(
      `${where}: ${what} needs a store with an index of principals, got one without ${name}; memory, Redis, SQLite and Postgres have it`,
    );
  }
}
