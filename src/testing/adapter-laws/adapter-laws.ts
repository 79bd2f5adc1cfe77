import { adapterHeadLaws } from "./head.ts";
import { adapterFaultLaws } from "./faults.ts";
import { adapterRaceLaws } from "./races.ts";
import { adapterSessionLaws } from "./session.ts";
import type { AdapterLaw } from "./law.ts";

/**
 * The laws that every adapter obeys, on every store. One scripted visitor checks them over HTTP; each on an application of
 * its own.
 */
export const adapterLaws: readonly AdapterLaw[] = [
  ...adapterSessionLaws,
  ...adapterHeadLaws,
  ...adapterFaultLaws,
  ...adapterRaceLaws,
];
