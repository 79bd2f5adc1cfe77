import type { StoreContext } from "../../types.ts";

const DAY = 24 * 60 * 60;

/** The most milliseconds that a Date can hold, and that Redis can add to its clock. */
const LONGEST_EXPIRY = 8.64e15;

/** Converts seconds to what Redis takes: whole milliseconds, at least one. */
export function milliseconds(seconds: number): string {
  return String(Math.min(LONGEST_EXPIRY, Math.max(1, Math.ceil(seconds * 1000))));
}

/** Returns the arguments of SET that say when a written session expires. */
export function expiry({ ttl }: StoreContext): readonly string[] {
  return ttl === undefined ? [] : ["PX", milliseconds(ttl)];
}

/** Returns the same for a value whose session stays as it was: without a time to live, so does the time it expires. */
export function sameExpiry(context: StoreContext): readonly string[] {
  return context.ttl === undefined ? ["KEEPTTL"] : expiry(context);
}

/**
 * Returns the seconds that an index lists a session: three times as long as it may be unused. Undefined is for ever.
 */
export function listingTime(context: StoreContext): number | undefined {
  const longest = longestPause(context);
  return longest === undefined ? undefined : 3 * longest;
}

/**
 * Returns whether a session must be listed again: a third of its time in the list is over, or it now needs more time.
 */
export function isListingDue(listedUntil: number | undefined, context: StoreContext): boolean {
  if (listedUntil === undefined) return false;
  const longest = longestPause(context);
  return longest === undefined || listedUntil - context.now < 2 * longest * 1000;
}

/** Returns the seconds in which a session is read or expires. It is at least a day, so that listing again is rare. */
function longestPause({ ttl, idle = 0 }: StoreContext): number | undefined {
  return ttl === undefined ? undefined : Math.max(ttl, idle, DAY);
}
