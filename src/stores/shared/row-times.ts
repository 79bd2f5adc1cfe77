import type { StoreContext } from "../../types.ts";

/** When a session was seen, and when it ends, as a table has it: milliseconds since 1970, null for never. */
export interface RowTimes {
  readonly seen: number;
  readonly expires: number | null;
}

/** Milliseconds after which a read notes that a session was seen, where there is no idle time to divide by ten. */
const SEEN_EVERY = 3_600_000;

/** Whether a read has to write: a tenth of the idle time after the last that did, or where it is another than before. */
export function isDue({ seen, expires }: RowTimes, context: StoreContext): boolean {
  const { now, ttl } = context;
  const end = endOf(context);
  if (end === null || ttl === undefined) return now - seen >= SEEN_EVERY;
  return expires === null || Math.abs(end - expires) >= ttl * 100;
}

/** When a session ends: rounded up to whole milliseconds, and not above what every driver can read; null for never. */
export function endOf({ now, ttl }: StoreContext): number | null {
  return ttl === undefined ? null : Math.min(Math.ceil(now + ttl * 1000), Number.MAX_SAFE_INTEGER);
}
