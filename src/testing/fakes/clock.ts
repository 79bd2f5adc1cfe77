/** A clock that stands still until it is moved. */
export interface FakeClock {
  /** Milliseconds since 1970: what the option `now` wants. */
  readonly now: () => number;
  /** Moves it on by seconds, or back. */
  readonly advance: (seconds: number) => void;
}

/**
 * Makes a clock for the option `now`. Default start: 14 November 2023.
 *
 * @example
 * ```ts
 * import { wrapSession } from "ringlet";
 * import { fakeClock } from "ringlet/testing";
 *
 * const clock = fakeClock();
 * const app = wrapSession(() => ({ body: "Hello" }), { now: clock.now });
 * clock.advance(31 * 60);
 * ```
 */
export function fakeClock(start: number = 1_700_000_000_000): FakeClock {
  let time = start;
  return {
    now: () => time,
    advance(seconds) {
      time += seconds * 1000;
    },
  };
}
