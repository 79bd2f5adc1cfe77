import { handleOf } from "../../crypto/session-key.ts";
import type { StoreContext } from "../../types.ts";
import type { ResultRow } from "./client.ts";
import type { SessionRow } from "../shared/row-times.ts";
import { isStorable } from "../shared/text-codec.ts";

/** The longest principal that an index takes without trouble, in characters. */
const LONGEST_PRINCIPAL = 500;

/** Reads a row of the table. A bigint comes as text, unless the application has told its client otherwise. */
export function sessionRow({ data, seen, renewed, expires }: ResultRow): SessionRow {
  return {
    data: String(data),
    seen: Number(seen),
    renewed: Number(renewed),
    expires: expires === null ? null : Number(expires),
  };
}

/** Returns the time of a call in whole milliseconds: the table keeps no fractions. */
export function nowOf({ now }: StoreContext): number {
  return Math.floor(now);
}

/** Returns a handle for a statement. It may come from a form: text that PostgreSQL cannot read is no handle. */
export function handleText(handle: string | undefined): string | null {
  if (handle === undefined) return null;
  return handle.includes("\0") ? "" : handle;
}

/**
 * Returns a principal as the table has it: unchanged, so that it can be found by hand. If PostgreSQL could not keep it
 * or index it, it is its hash behind a backslash. No two principals have the same text.
 */
export function principalOrHash(principal: string): string {
  if (principal.length <= LONGEST_PRINCIPAL && !principal.startsWith("\\") && isStorable(principal)) return principal;
  // JSON tells half a surrogate pair from another.
  return `\\${handleOf(JSON.stringify(principal))}`;
}
