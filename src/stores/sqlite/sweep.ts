import { everyMinute, type Sweep } from "../shared/passes.ts";

/** The most that a call deletes: a millisecond or two. */
const SLICE = 100;

/**
 * Makes the sweep of a table. Once a minute a pass begins. Its slices take turns with the calls: each call deletes one
 * when it is done, until no expired session is left.
 *
 * ```
 * │ call, slice │ call, slice │ call, last slice │ call │ call │ …
 * ```
 *
 * A failure is left to the next pass: an expired session is none anyway.
 */
export function createSweep(sweep: (now: number, most: number) => number): Sweep {
  const isTime = everyMinute();
  let left = false;
  return (now) => {
    if (!left && !isTime(now)) return;
    left = false;
    try {
      left = sweep(now, SLICE) === SLICE;
    } catch {
      // No visitor is concerned.
    }
  };
}
