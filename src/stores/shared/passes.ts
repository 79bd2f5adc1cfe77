/** Milliseconds from the start of a pass to the start of the next. */
const PAUSE = 60_000;

/** Deletes expired sessions once a minute. It is called with the time of each call of a store. */
export type Sweep = (now: number) => void;

/**
 * Returns a function that says when it is time for a pass over all sessions: once a minute, by the clock of the calls.
 * The first minute begins with the first call. It is time, too, when the clock was put back a minute or more.
 */
export function everyMinute(): (now: number) => boolean {
  let last: number | undefined;
  return (now) => {
    last ??= now;
    if (Math.abs(now - last) < PAUSE) return false;
    last = now;
    return true;
  };
}
