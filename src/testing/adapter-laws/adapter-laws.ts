import { adapterHeadLaws } from "./head.ts";
import { adapterFaultLaws } from "./faults.ts";
import { adapterRaceLaws } from "./races.ts";
import { adapterSessionLaws } from "./session.ts";
import type { AdapterLaw } from "./law.ts";

/**
 * The laws that every adapter obeys, on every store. A scripted visitor checks them over HTTP. Each law is checked on
 * an application of its own.
 */
export const adapterLaws: readonly AdapterLaw[] = [
  ...adapterSessionLaws,
  ...adapterHeadLaws,
  ...adapterFaultLaws,
  ...adapterRaceLaws,
];
