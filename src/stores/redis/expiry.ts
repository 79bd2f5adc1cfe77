import type { StoreContext } from "../../types.ts";

const DAY = 24 * 60 * 60;

/** What a Date can hold, and what Redis can add to its clock. */
const LONGEST_EXPIRY = 8.64e15;

/** Seconds as Redis takes them: whole milliseconds, at least one. */
export function milliseconds(seconds: number): string {
  return String(Math.min(LONGEST_EXPIRY, Math.max(1, Math.ceil(seconds * 1000))));
}

/** When a session that is written ends, as SET takes it. */
export function expiry({ ttl }: StoreContext): readonly string[] {
  return ttl === undefined ? [] : ["PX", milliseconds(ttl)];
}

/** The same where only what is said of the session changes: without a time to live its end stays what it was. */
export function sameExpiry(context: StoreContext): readonly string[] {
  return context.ttl === undefined ? ["KEEPTTL"] : expiry(context);
}

/** Seconds that an index keeps a session listed: thrice as long as it may be left alone; undefined: for ever. */
export function listingTime(context: StoreContext): number | undefined {
  const longest = longestPause(context);
  return longest === undefined ? undefined : 3 * longest;
}

/** Whether a session is to be listed again: a third of its time in the list is over, or it now needs more of it. */
export function isListingDue(listedUntil: number | undefined, context: StoreContext): boolean {
  if (listedUntil === undefined) return false;
  const longest = longestPause(context);
  return longest === undefined || listedUntil - context.now < 2 * longest * 1000;
}

/** Seconds in which a session is read, or over; at least a day, so that listing again is rare. */
function longestPause({ ttl, idle = 0 }: StoreContext): number | undefined {
  return ttl === undefined ? undefined : Math.max(ttl, idle, DAY);
}
