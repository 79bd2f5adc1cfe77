import { setTimeout } from "node:timers";

import { everyMinute } from "../shared/passes.ts";
import type { Table } from "./table.ts";

/** Removes expired sessions from a table, while nobody waits for it. */
export interface Sweeper {
  /** Is called with the time of each request. Starts a pass once a minute. */
  readonly look: (now: number) => void;
}

/** The limits of one slice, so that it takes some tenths of a millisecond. A look costs little, a removal more. */
const LOOKS = 1000;
const REMOVALS = 100;
/** The limit with a listener: each removal then costs reading the session, and what the listener does. */
const REMOVALS_TOLD = 20;
const STEP = 10;

/** After this many looks, a timer that has not fired is taken for dropped. */
const LOOKS_FOR_TIMER = 10;

/**
 * Makes a sweeper for a table. Once a minute, by the clock of the requests, it passes over the whole table. Its slices
 * take turns with the requests:
 *
 * ```
 * event loop   │ request │ slice │ request │ request │ slice │ request │ last slice │ request │ …
 * ```
 *
 * An expired session is none anyway: a pass only frees its memory. `onRemove` is called with each slot just before it
 * goes, and must not change the table.
 */
export function createSweeper(table: Table, onRemove: ((slot: number) => void) | undefined): Sweeper {
  const mostRemovals = onRemove === undefined ? REMOVALS : REMOVALS_TOLD;
  const isTime = everyMinute();
  let left = 0;
  /** Whether a minute has not been enough for a pass. */
  let isLate = false;
  /** Looks since the timer of a slice was set. */
  let waited = 0;

  const sweepSlice = (now: number): void => {
    let removed = 0;
    for (let looks = 0; looks < LOOKS && removed < mostRemovals; looks += STEP) {
      removed += table.sweep(now, STEP, onRemove);
      left -= STEP;
    }
  };

  const goOn = (now: number): void => {
    sweepSlice(now);
    if (left > 0) later(now);
  };

  const begin = (now: number): void => {
    left = table.size;
    if (left > 0) later(now);
  };

  const later = (now: number): void => {
    waited = 0;
    // A timer, not an immediate: once it does not keep the process alive, an immediate waits for other work to come.
    setTimeout(goOn, 0, now).unref();
  };

  return {
    look(now) {
      const isDue = isTime(now);
      if (left > 0) {
        isLate ||= isDue;
        // workerd drops a timer when the request that set it is over: then requests do a slice each.
        if (isLate && ++waited > LOOKS_FOR_TIMER) sweepSlice(now);
      } else if (isDue || isLate) {
        isLate = false;
        begin(now);
      }
    },
  };
}
