import { cookieStore } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { adapterLaws, type ServeAdapter, type StoreHarness, storeLaws } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";

/** What became of a law. */
export interface LawResult {
  /** What was tried: a store, or an adapter on a store. */
  readonly subject: string;
  readonly law: string;
  readonly outcome: "holds" | "does not apply" | "broken";
  /** Where it was broken. */
  readonly error?: string;
}

/** A store to try. */
export interface TriedStore {
  readonly name: string;
  readonly makeStore: () => SessionStore;
  readonly harness?: StoreHarness;
}

/** Given, not made: where workerd loads modules there is no randomness. */
const key = "4fJkTbY2mQxW9sLr0cVhPzNgEoUiA6dB8tXyC1wRqKM";

/** The stores that need nothing but the runtime. */
export const ownStores: readonly TriedStore[] = [
  { name: "memory", makeStore: () => memoryStore() },
  { name: "cookie", makeStore: () => cookieStore({ key }) },
];

/** Tries the laws of stores on a store. */
export async function tryStore({ name: subject, makeStore, harness }: TriedStore): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const { name, check } of storeLaws) {
    results.push(await tried(subject, name, () => check(makeStore, harness)));
  }
  return results;
}

/** Tries the laws of adapters on an adapter and a store. */
export async function tryAdapter(adapter: string, serve: ServeAdapter, store: TriedStore): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const { name, check } of adapterLaws) {
    results.push(await tried(`${adapter} on ${store.name}`, name, () => check(serve, store.makeStore)));
  }
  return results;
}

async function tried(
  subject: string,
  law: string,
  check: () => Promise<"holds" | "does not apply">,
): Promise<LawResult> {
  try {
    return { subject, law, outcome: await check() };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { subject, law, outcome: "broken", error: text };
  }
}
