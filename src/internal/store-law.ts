import { randomBytes } from "node:crypto";

import type { AtomicSessionStore, Awaitable, RenewingSessionStore, SessionStore, StoreContext } from "../types.ts";

/** One thing that every store must do, as a case for any test runner. */
export interface StoreLaw {
  /** What must be true: the name of the test. */
  readonly name: string;
  /**
   * Checks it on a store that `makeStore` makes, empty or not; rejects where it is broken. Some laws are for atomic
   * stores alone, or for stores that keep sessions on the server: for another store they answer that they do not apply.
   */
  readonly check: (makeStore: () => Awaitable<SessionStore>) => Promise<"holds" | "does not apply">;
}

type Store = SessionStore & Partial<RenewingSessionStore>;

const START = 1_700_000_000_000;

/** Seconds that sessions live in the laws. */
export const TTL = 600;

/** A law for every store. */
export function law(name: string, check: (store: Store) => Promise<"holds" | "does not apply" | void>): StoreLaw {
  return { name, check: async (makeStore) => (await check(await makeStore())) ?? "holds" };
}

/** A law for stores that are atomic; for others it does not apply. */
export function atomicLaw(name: string, check: (store: AtomicSessionStore) => Promise<void>): StoreLaw {
  return law(name, async (store) => {
    if (!isAtomic(store)) return "does not apply";
    return check(store);
  });
}

/** The context of a call some seconds after the start. */
export function at(seconds: number): StoreContext & { readonly ttl: number } {
  return { now: START + seconds * 1000, ttl: TTL, cookieName: "ring-session" };
}

/** A key that no store has given out. */
export function newKey(): string {
  return randomBytes(24).toString("base64url");
}

/** Changes an object through and through, where it is not frozen. */
export function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value)) spoil(member);
  Reflect.set(value, Array.isArray(value) ? value.length : "spoilt", true);
}

function isAtomic(store: SessionStore & Partial<AtomicSessionStore>): store is AtomicSessionStore {
  return typeof store.updateSession === "function";
}
