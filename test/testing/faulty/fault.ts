import type { StoreHarness } from "../../../src/testing/testing.ts";
import type { SessionStore } from "../../../src/types.ts";

/** A store on which laws are checked, with its harness. */
export interface Subject {
  readonly store: SessionStore;
  readonly harness?: StoreHarness;
}

/** A fault of a store, the laws that it breaks, and the store. */
export type Fault = readonly [fault: string, laws: readonly string[], makeStore: () => SessionStore];

/** A fault of a store with a harness: there is another store on its data, or it can be broken. */
export type HarnessedFault = readonly [fault: string, laws: readonly string[], makeSubject: () => Subject];
