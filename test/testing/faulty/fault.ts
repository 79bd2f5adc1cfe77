import type { StoreHarness } from "../../../src/testing/testing.ts";
import type { SessionStore } from "../../../src/types.ts";

/** What a law is checked on. */
export interface Subject {
  readonly store: SessionStore;
  readonly harness?: StoreHarness;
}

/** What a store does wrong, the laws that it breaks by that, and the store. */
export type Fault = readonly [fault: string, laws: readonly string[], makeStore: () => SessionStore];

/** The same for a store that has another beside it, or that can be broken. */
export type HarnessedFault = readonly [fault: string, laws: readonly string[], makeSubject: () => Subject];
