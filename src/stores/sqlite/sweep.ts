/** Deletes sessions whose time is over, a bounded share of them at the end of a call. */
export type Sweep = (now: number) => void;

/** Milliseconds from the start of a pass to the start of the next. */
const PAUSE = 60_000;

/** The most that a call deletes: a millisecond or two. */
const SLICE = 100;

/**
 * Once a minute, by the clock of the calls, a pass begins, and each call deletes a slice until none is left. A failure
 * is left to the next pass: a session that is over is none anyway.
 */
export function createSweep(sweep: (now: number, most: number) => number): Sweep {
  let lastPass: number | undefined;
  let left = false;
  return (now) => {
    lastPass ??= now;
    if (!left && Math.abs(now - lastPass) < PAUSE) return;
    if (!left) lastPass = now;
    left = false;
    try {
      left = sweep(now, SLICE) === SLICE;
    } catch {
      // No visitor is concerned.
    }
  };
}
