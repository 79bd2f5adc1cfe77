/** Milliseconds from the start of a pass to the start of the next. */
const PAUSE = 60_000;

/** Called with the time of each call of a store, and deletes expired sessions once a minute. */
export type Sweep = (now: number) => void;

/**
 * Says when it is time for a pass over all sessions: once a minute, by the clock of the calls. The first minute begins with
 * the first call. A clock that was put back counts as well.
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
