/** The results of a run of the bench, as they are kept in JSON. */
import type { CommandRow } from "./sections/commands.ts";
import type { AddedCost } from "./sections/costs.ts";
import type { Growth } from "./sections/growth.ts";
import type { HttpRow } from "./sections/http.ts";
import type { MillionRow } from "./sections/million.ts";
import type { BundleRow, WeightRow } from "./sections/weight.ts";
import type { Store } from "./subjects/subject.ts";

/** The machine and the time of a run. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Mean number of processes that wanted to run, in the minute before and at the end. */
  readonly load: readonly [before: number, after: number];
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Results {
  machine?: Machine;
  costs?: Partial<Record<Store, readonly AddedCost[]>>;
  commands?: readonly CommandRow[];
  http?: readonly HttpRow[];
  million?: readonly MillionRow[];
  weight?: readonly WeightRow[];
  bundles?: readonly BundleRow[];
  growth?: readonly Growth[];
  /** The things that were not measured, and why. */
  missing: string[];
}
