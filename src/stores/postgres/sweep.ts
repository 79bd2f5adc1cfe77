import type { Run } from "./client.ts";
import { SLICE, type Statements } from "./statements.ts";

/** Takes sessions whose time is over out of a table, without anybody waiting for it. */
export interface Sweep {
  /** Called with the time of each call: starts a pass when the last one is long enough ago. */
  readonly look: (now: number) => void;
}

/** Milliseconds from the start of a pass to the start of the next. */
const PAUSE = 60_000;

/** Milliseconds that a slice may take: nobody waits for it, but it must not hold a connection for ever. */
const DEADLINE = 30_000;

const HOUR = 3_600_000;

/**
 * Once a minute, by the clock of the calls, a pass deletes what ended in an hour that is over, a slice at a time. A failure is left to the
 * next pass: a session that has ended is none anyway.
 */
export function createSweep(run: Run, { sweep }: Pick<Statements, "sweep">): Sweep {
  let lastPass: number | undefined;

  const pass = async (now: number): Promise<void> => {
    if (lastPass !== now) return;
    try {
      const taken = await run(sweep, [Math.floor(now / HOUR)], { deadline: DEADLINE });
      if (taken.length === SLICE) void pass(now);
    } catch {
      // No visitor is concerned.
    }
  };

  return {
    look(now) {
      lastPass ??= now;
      if (Math.abs(now - lastPass) < PAUSE) return;
      lastPass = now;
      void pass(now);
    },
  };
}
