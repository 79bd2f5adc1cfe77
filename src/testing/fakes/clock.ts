/** Clock that stands still until it is moved. */
export interface FakeClock {
  /** Returns milliseconds since 1970, for the option `now`. */
  readonly now: () => number;
  /** Moves the clock forward by seconds; negative ones move it back. */
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
