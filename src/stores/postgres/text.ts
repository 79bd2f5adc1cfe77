import { handleOf } from "../../crypto/session-key.ts";
import { isStorable } from "../shared/text-codec.ts";

/** What of a principal's text an index takes without trouble. */
const LONGEST_PRINCIPAL = 500;

/**
 * A principal as the table has it: as it is, so that it can be found by hand; but its hash, behind a backslash, where
 * PostgreSQL could not keep it, or not index it. No two principals have the same.
 */
export function principalText(principal: string): string {
  if (principal.length <= LONGEST_PRINCIPAL && !principal.startsWith("\\") && isStorable(principal)) return principal;
  // JSON tells half a surrogate pair from another.
  return `\\${handleOf(JSON.stringify(principal))}`;
}
