import { cookieStore } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { adapterLaws, type ServeAdapter, type StoreHarness, storeLaws } from "../../src/testing/testing.ts";
import type { SessionStore } from "../../src/types.ts";

/** The result of checking a law. */
export interface LawResult {
  /** The store, or the adapter on a store, that was checked. */
  readonly subject: string;
  readonly law: string;
  readonly outcome: "holds" | "does not apply" | "broken";
  /** The error, if the law was broken. */
  readonly error?: string;
}

/** A store to check. */
export interface TriedStore {
  readonly name: string;
  readonly makeStore: () => SessionStore;
  readonly harness?: StoreHarness;
}

/** A fixed key, because workerd has no random numbers while it loads modules. */
const key = "4fJkTbY2mQxW9sLr0cVhPzNgEoUiA6dB8tXyC1wRqKM";

/** The stores that need only the runtime. */
export const ownStores: readonly TriedStore[] = [
  { name: "memory", makeStore: () => memoryStore() },
  { name: "cookie", makeStore: () => cookieStore({ key }) },
];

/** Checks the laws of stores on a store. */
export async function tryStore({ name: subject, makeStore, harness }: TriedStore): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const { name, check } of storeLaws) {
    results.push(await tried(subject, name, () => check(makeStore, harness)));
  }
  return results;
}

/** Checks the laws of adapters on an adapter and a store. */
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
