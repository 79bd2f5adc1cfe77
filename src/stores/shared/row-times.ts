import type { StoreContext } from "../../types.ts";

/** A session as a table has it. Times are in milliseconds since 1970. */
export interface SessionRow {
  readonly data: string;
  readonly seen: number;
  /** When its cookie was last sent. */
  readonly renewed: number;
  /** Null for never. */
  readonly expires: number | null;
}

/** Milliseconds after which a read notes that a session was seen, if there is no idle time to divide by ten. */
const SEEN_EVERY = 3_600_000;

/**
 * Returns whether a read has to write. It does a tenth of the idle time after the last that did, or if that time
 * changed.
 */
export function isDue({ seen, expires }: SessionRow, context: StoreContext): boolean {
  const { now, ttl } = context;
  const next = columnExpires(context);
  if (next === null || ttl === undefined) return now - seen >= SEEN_EVERY;
  return expires === null || Math.abs(next - expires) >= ttl * 100;
}

/**
 * Returns when a session expires, as a column has it: in whole milliseconds, rounded up, and not above what every
 * driver can read. Null is never.
 */
export function columnExpires(context: StoreContext): number | null {
  return context.ttl === undefined ? null : Math.min(Math.ceil(expiresOf(context)), Number.MAX_SAFE_INTEGER);
}

/** Returns when a session expires, in milliseconds since 1970. Infinity is never. */
export function expiresOf({ now, ttl }: StoreContext): number {
  return ttl === undefined ? Infinity : now + ttl * 1000;
}
