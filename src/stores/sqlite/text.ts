import { isStorable } from "../shared/text-codec.ts";

/** A principal as the table has it: as it is, or in quotes where SQLite could not tell it from another. */
export function principalText(principal: string): string {
  return isStorable(principal) && !principal.startsWith('"') ? principal : JSON.stringify(principal);
}
