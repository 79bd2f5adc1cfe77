import { show } from "../shared/values.ts";

/** Returns the place of a value in a session, for a message: `session.cart.items[2]`. */
export function placeIn(path: readonly (string | number)[]): string {
  return `session${path.map(step).join("")}`;
}

function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return isIdentifier(key) ? `.${key}` : `[${show(key)}]`;
}

function isIdentifier(key: string): boolean {
  const first = key.charAt(0);
  return key.length <= 60 && (first < "0" || first > "9") && [...key].every(isIdentifierPart) && key !== "";
}

function isIdentifierPart(character: string): boolean {
  return "$_".includes(character) || (character >= "0" && character <= "9") || isLetter(character);
}

function isLetter(character: string): boolean {
  return (character >= "a" && character <= "z") || (character >= "A" && character <= "Z");
}
