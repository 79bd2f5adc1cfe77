import type { Table } from "./table.ts";

/** Takes sessions whose time is over out of a table, without anybody waiting for it. */
export interface Sweeper {
  /** Called with the time of each request: starts a pass when the last one is long enough ago. */
  readonly look: (now: number) => void;
}

const PAUSE = 60_000;
/** Some tenths of a millisecond of work. */
const SLICE = 1000;

/**
 * A sweeper for a table. Once a minute, by the clock of the requests, it passes over the whole table, a slice between
 * two turns of the event loop. A session that has ended in the meantime is none anyway: this only frees its memory.
 */
export function createSweeper(table: Table, onExpired: ((text: string) => void) | undefined): Sweeper {
  let lastPass: number | undefined;
  let left = 0;

  const sweepSlice = (now: number): void => {
    const texts: string[] = [];
    table.sweep(now, SLICE, onExpired && ((slot) => void texts.push(table.text(slot))));
    left -= SLICE;
    if (left > 0) later(now);
    // Told when the slice is done: a listener may use the store.
    for (const text of texts) onExpired?.(text);
  };

  const later = (now: number): void => {
    setImmediate(sweepSlice, now).unref();
  };

  return {
    look(now) {
      lastPass ??= now;
      if (left > 0 || Math.abs(now - lastPass) < PAUSE) return;
      lastPass = now;
      left = table.size;
      if (left > 0) later(now);
    },
  };
}
