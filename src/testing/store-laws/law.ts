import { randomBytes } from "node:crypto";

import type {
  AtomicSessionStore,
  Awaitable,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionStore,
  StoreContext,
} from "../../types.ts";

/** Law: one thing that every store must do, as a case for any test runner. */
export interface StoreLaw {
  /** The statement that must be true, and the name of the test. */
  readonly name: string;
  /**
   * Checks the law on a store that `makeStore` makes, empty or not. Rejects if the law is broken. Some laws are only
   * for atomic stores, for those with an index, or for those on the server, and some need a function of the harness.
   * Otherwise the result is that the law does not apply.
   */
  readonly check: (
    makeStore: () => Awaitable<SessionStore>,
    harness?: StoreHarness,
  ) => Promise<"holds" | "does not apply">;
}

/** Functions for things that the laws cannot do to a store by themselves. */
export interface StoreHarness {
  /** Lets seconds pass, for a store that does not take the time from `context.now` alone. */
  readonly advance?: ((seconds: number) => Awaitable<void>) | undefined;
  /**
   * Makes another store on the data of the store that `makeStore` made last, as another process would. Without it the
   * laws about two stores do not apply.
   */
  readonly another?: (() => Awaitable<SessionStore>) | undefined;
  /**
   * Breaks the backend of the store, and returns a function that mends it. The backend hangs, fails before it does
   * anything, or does it and fails to report it. Without it the laws about faults do not apply.
   */
  readonly breakDown?: ((how: StoreBreakdown) => Awaitable<() => Awaitable<void>>) | undefined;
}

/** How a store breaks down in the laws about faults. */
export type StoreBreakdown = "hang" | "fail" | "fail-after";

/** Store in a law. Whether it can do more than read, write and delete is looked up. */
export type Store = SessionStore & Partial<AtomicSessionStore & RenewingSessionStore & IndexedSessionStore>;

/** Tools for the check of a law, besides the store. */
export interface LawTools {
  readonly another: (() => Promise<Store>) | undefined;
  readonly breakDown: StoreHarness["breakDown"];
}

type StoreCheck<S> = (store: S, tools: LawTools) => Promise<"holds" | "does not apply" | void>;

const START = 1_700_000_000_000;

/** Time to live of sessions in the laws, in seconds. */
export const TTL = 600;

const CALLS = [
  "readSession",
  "writeSession",
  "deleteSession",
  "updateSession",
  "renewSession",
  "listSessions",
  "revokeSessions",
] as const;

/** Makes a law for every store. */
export function law(name: string, check: StoreCheck<Store>): StoreLaw {
  return {
    name,
    async check(makeStore, { advance, another, breakDown } = {}) {
      const onClock = advance === undefined ? same : withClock(advance);
      const store = onClock(await makeStore());
      const tools = { another: another && (async () => onClock(await another())), breakDown };
      return (await check(store, tools)) ?? "holds";
    },
  };
}

/** Makes a law for atomic stores. For others it does not apply. */
export function atomicLaw(name: string, check: StoreCheck<AtomicSessionStore>): StoreLaw {
  return law(name, async (store, tools) => (isAtomicStore(store) ? check(store, tools) : "does not apply"));
}

/** Makes a law for stores that index sessions by principal. For others it does not apply. */
export function indexedLaw(
  name: string,
  check: StoreCheck<IndexedSessionStore & Partial<AtomicSessionStore>>,
): StoreLaw {
  return law(name, async (store, tools) => (isIndexed(store) ? check(store, tools) : "does not apply"));
}

/** Returns the context of a call some seconds after the start. */
export function at(seconds: number): StoreContext & { readonly ttl: number } {
  return { now: START + seconds * 1000, ttl: TTL, idle: TTL, cookieName: "ring-session" };
}

/** Returns the context of a read that does not restart the idle clock. */
export function looking(seconds: number): StoreContext {
  return { ...at(seconds), ttl: undefined, idle: undefined };
}

/** Makes a key that no store has given out. */
export function newKey(): string {
  return randomBytes(24).toString("base64url");
}

/** Changes an object at every depth, except the parts that are frozen. */
export function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value)) spoil(member);
  Reflect.set(value, Array.isArray(value) ? value.length : "spoilt", true);
}

/** Whether a store is atomic. */
export function isAtomicStore(store: Store): store is Store & AtomicSessionStore {
  return typeof store.updateSession === "function";
}

/** Whether a store indexes sessions by principal. */
export function isIndexed(store: Store): store is Store & IndexedSessionStore {
  return typeof store.listSessions === "function" && typeof store.revokeSessions === "function";
}

/** Whether a store keeps each session in its key, as a sealed cookie does. Such a session cannot be revoked. */
export async function isInItsKey(store: SessionStore): Promise<boolean> {
  const noise = randomBytes(300).toString("base64url");
  const small = await store.writeSession(undefined, {}, at(0));
  const large = await store.writeSession(undefined, { noise }, at(0));
  return large.length - small.length >= 300;
}

function same(store: Store): Store {
  return store;
}

/**
 * Returns a function that wraps stores. It calls `advance` before a call whose time is later than that of the last one.
 */
function withClock(advance: (seconds: number) => Awaitable<void>): (store: Store) => Store {
  let past = START;
  let advanced: Promise<void> = Promise.resolve();

  const reach = (now: number): Promise<void> => {
    if (now <= past) return advanced;
    const seconds = (now - past) / 1000;
    past = now;
    advanced = advanced.then(() => advance(seconds));
    return advanced;
  };

  const call = (store: Store, name: (typeof CALLS)[number]) => {
    return async (...args: unknown[]): Promise<unknown> => {
      const { now } = args.at(-1) as StoreContext;
      await reach(now);
      return Reflect.apply(store[name] as (...given: unknown[]) => unknown, store, args);
    };
  };

  return (store) => {
    const there = CALLS.filter((name) => typeof store[name] === "function");
    return Object.fromEntries(there.map((name) => [name, call(store, name)])) as unknown as Store;
  };
}
