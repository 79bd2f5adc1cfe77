import { handleOf } from "../../crypto/session-key.ts";
import type { StoreContext } from "../../types.ts";
import type { ResultRow } from "./client.ts";
import type { SessionRow } from "../shared/row-times.ts";
import { isStorable } from "../shared/text-codec.ts";

/** What of a principal's text an index takes without trouble. */
const LONGEST_PRINCIPAL = 500;

/** A bigint comes as text, unless the application has told its client otherwise. */
export function sessionRow({ data, seen, renewed, expires }: ResultRow): SessionRow {
  return {
    data: String(data),
    seen: Number(seen),
    renewed: Number(renewed),
    expires: expires === null ? null : Number(expires),
  };
}

/** The time of a call, whole: the table keeps no fractions. */
export function nowOf({ now }: StoreContext): number {
  return Math.floor(now);
}

/** A handle for a statement. It may come from a form: what PostgreSQL cannot read is that of no session. */
export function handleText(handle: string | undefined): string | null {
  if (handle === undefined) return null;
  return handle.includes("\0") ? "" : handle;
}

/**
 * A principal as the table has it: as it is, so that it can be found by hand; but its hash, behind a backslash, where
 * PostgreSQL could not keep it, or not index it. No two principals have the same.
 */
export function principalOrHash(principal: string): string {
  if (principal.length <= LONGEST_PRINCIPAL && !principal.startsWith("\\") && isStorable(principal)) return principal;
  // JSON tells half a surrogate pair from another.
  return `\\${handleOf(JSON.stringify(principal))}`;
}
