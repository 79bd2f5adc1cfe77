import type { HarnessedFault } from "./fault.ts";
import { atomicFaults } from "./faulty-atomic-stores.ts";
import { harnessedFaults } from "./faulty-backends.ts";
import { expiringFaults } from "./faulty-expiring-stores.ts";
import { indexedFaults } from "./faulty-indexed-stores.ts";
import { plainFaults } from "./faulty-plain-stores.ts";

/** Returns stores with one fault each. The laws are in the order of `storeLaws`. */
export function faults(): readonly HarnessedFault[] {
  const alone = [...plainFaults, ...expiringFaults, ...atomicFaults, ...indexedFaults];
  return [
    ...alone.map(([fault, laws, makeStore]): HarnessedFault => [fault, laws, () => ({ store: makeStore() })]),
    ...harnessedFaults,
  ];
}
