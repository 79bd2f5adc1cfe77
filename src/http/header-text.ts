import { show } from "../shared/values.ts";

/**
 * Refuses what cannot stand in a header that a program sets: other than visible ASCII and spaces, or one of `forbidden`.
 *
 * @throws TypeError
 */
export function checkHeaderText(where: string, value: unknown, forbidden = ""): asserts value is string {
  if (typeof value === "string" && value !== "" && [...value].every((char) => isText(char, forbidden))) return;
  const but = forbidden === "" ? "" : ` and without ${[...forbidden].join(" ")}`;
  throw new TypeError(`${where} must be text of visible ASCII${but}, got ${show(value)}`);
}

function isText(char: string, forbidden: string): boolean {
  return char >= " " && char <= "~" && !forbidden.includes(char);
}
