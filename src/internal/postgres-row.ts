import type { StoreContext } from "../types.ts";
import type { Row } from "./postgres-client.ts";

/** A stored session, as the table has it. Times are in milliseconds since 1970. */
export interface Stored {
  readonly data: string;
  readonly seen: number;
  /** When its cookie was last sent. */
  readonly renewed: number;
  /** Null: never. */
  readonly expires: number | null;
}

/** Milliseconds after which a read notes that a session was seen, where there is no idle time to divide by ten. */
const SEEN_EVERY = 3_600_000;

/** A bigint comes as text, unless the application has told its client otherwise. */
export function storedOf({ data, seen, renewed, expires }: Row): Stored {
  return {
    data: String(data),
    seen: Number(seen),
    renewed: Number(renewed),
    expires: expires === null ? null : Number(expires),
  };
}

/** Whether a tenth of the idle time has passed since the clock was restarted, or the idle time is another one now. */
export function isDue({ seen, expires }: Stored, context: StoreContext): boolean {
  const { now, ttl } = context;
  if (ttl === undefined) return now - seen >= SEEN_EVERY;
  return expires === null || Math.abs(Number(endOf(context)) - expires) >= ttl * 100;
}

/** The time of a call, whole: the table keeps no fractions. */
export function nowOf({ now }: StoreContext): number {
  return Math.floor(now);
}

/** When a session ends; null for never. */
export function endOf({ now, ttl }: StoreContext): number | null {
  return ttl === undefined ? null : Math.min(Math.ceil(now + ttl * 1000), Number.MAX_SAFE_INTEGER);
}

/** A handle for a statement. It may come from a form: what PostgreSQL cannot read is that of no session. */
export function handleText(handle: string | undefined): string | null {
  if (handle === undefined) return null;
  return handle.includes("\0") ? "" : handle;
}
