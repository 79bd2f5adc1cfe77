import { everyMinute, type Sweep } from "../shared/passes.ts";
import type { Run } from "./client.ts";
import { SWEEP_SLICE, type Statements } from "./statements.ts";

/** The most milliseconds that a slice may take. Nobody waits for it, but it must not hold a connection for ever. */
const SLICE_DEADLINE = 30_000;

const HOUR = 3_600_000;

/**
 * Makes the sweep of a table. Once a minute a pass deletes the sessions that expired before this hour began. It takes
 * turns with nobody: its slices run beside the calls, one after the other.
 *
 * ```
 * calls   │ call │ call │ call │ call │ …
 * pass        │ slice │ slice │ last slice │
 * ```
 *
 * A failure is left to the next pass: an expired session is none anyway.
 */
export function createSweep(run: Run, { sweep }: Pick<Statements, "sweep">): Sweep {
  const isTime = everyMinute();
  let latest: number | undefined;

  const pass = async (now: number): Promise<void> => {
    if (latest !== now) return;
    try {
      const taken = await run(sweep, [Math.floor(now / HOUR)], { deadline: SLICE_DEADLINE });
      if (taken.length === SWEEP_SLICE) void pass(now);
    } catch {
      // No visitor is concerned.
    }
  };

  return (now) => {
    if (!isTime(now)) return;
    latest = now;
    void pass(now);
  };
}
