import { adapterHeadLaws } from "./adapter-laws-head.ts";
import { adapterFaultLaws } from "./adapter-laws-faults.ts";
import { adapterRaceLaws } from "./adapter-laws-races.ts";
import { adapterSessionLaws } from "./adapter-laws-session.ts";
import type { AdapterLaw } from "./adapter-law.ts";

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
