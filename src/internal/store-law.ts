import { randomBytes } from "node:crypto";

import type {
  AtomicSessionStore,
  Awaitable,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionStore,
  StoreContext,
} from "../types.ts";

/** One thing that every store must do, as a case for any test runner. */
export interface StoreLaw {
  /** What must be true: the name of the test. */
  readonly name: string;
  /**
   * Checks it on a store that `makeStore` makes, empty or not; rejects where it is broken. Some laws are for atomic
   * stores alone, or for stores that keep sessions on the server: for another store they answer that they do not apply.
   */
  readonly check: (
    makeStore: () => Awaitable<SessionStore>,
    harness?: StoreHarness,
  ) => Promise<"holds" | "does not apply">;
}

/** What the laws cannot do to a store by themselves. */
export interface StoreHarness {
  /** Lets seconds pass, for a store that does not tell the time from `context.now` alone. */
  readonly advance?: ((seconds: number) => Awaitable<void>) | undefined;
  /**
   * Breaks what the store stands on, and answers how to mend it: it hangs, fails before it does anything, or does it and
   * fails to say so. Without it the laws about faults do not apply.
   */
  readonly breakDown?: ((how: StoreBreakdown) => Awaitable<() => Awaitable<void>>) | undefined;
}

/** How a store breaks down in the laws about faults. */
export type StoreBreakdown = "hang" | "fail" | "fail-after";

type Store = SessionStore & Partial<AtomicSessionStore & RenewingSessionStore & IndexedSessionStore>;

const START = 1_700_000_000_000;

/** Seconds that sessions live in the laws. */
export const TTL = 600;

/** A law for every store. */
export function law(name: string, check: (store: Store) => Promise<"holds" | "does not apply" | void>): StoreLaw {
  return {
    name,
    async check(makeStore, { advance } = {}) {
      const store = await makeStore();
      return (await check(advance === undefined ? store : withClock(store, advance))) ?? "holds";
    },
  };
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

/** Moves the store's own clock on wherever the time of a call is later than that of the calls before. */
function withClock(store: Store, advance: (seconds: number) => Awaitable<void>): Store {
  let past = START;
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        const { now } = args.at(-1) as StoreContext;
        const seconds = (now - past) / 1000;
        past = Math.max(past, now);
        if (seconds > 0) await advance(seconds);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}
