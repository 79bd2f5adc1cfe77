import { endsToken, isDigits } from "./cursor.ts";

/** Whether Clojure reads `:` and this as a keyword. Its name may begin with a digit, where that of a symbol may not. */
export function isKeywordName(name: string): boolean {
  return isOneToken(name) && !name.startsWith(":") && (isWellParted(name) || isWellParted(`:${name}`));
}

/** Whether Clojure reads this as a symbol. */
export function isSymbolName(name: string): boolean {
  if (name === "nil" || name === "true" || name === "false" || startsNumber(name)) return false;
  return isOneToken(name) && !name.startsWith(":") && !name.startsWith("#") && isWellParted(name);
}

/** Whether this is a tag: behind its `#`, a letter of ASCII begins it. */
export function isTagSymbol(name: string): boolean {
  const first = name.charAt(0).toLowerCase();
  return first >= "a" && first <= "z" && isSymbolName(name);
}

/** Whether a token is a number, or a mistake in one. */
export function startsNumber(token: string): boolean {
  const at = "+-".includes(token.charAt(0)) ? 1 : 0;
  return DIGIT.test(token.charAt(at));
}

/** Of any script, as Java's `Character.isDigit`: a token that begins with one is a mistake, unless it is one of ours. */
const DIGIT = /^\p{Nd}$/u;

function isOneToken(name: string): boolean {
  return [...name].every((character) => !endsToken(character) && !"@`~".includes(character));
}

/** A namespace and a slash, if any, and a name: neither begins with a digit or ends with a colon. */
function isWellParted(text: string): boolean {
  if (text === "/") return true;
  const slash = text.endsWith("//") ? text.length - 2 : text.lastIndexOf("/");
  const namespace = text.slice(0, slash + 1);
  const name = text.slice(slash + 1);
  if (name.endsWith(":") || namespace.endsWith(":/") || text.includes("::")) return false;
  return (name === "/" || beginsWell(name)) && (namespace === "" || beginsWell(namespace));
}

function beginsWell(part: string): boolean {
  return part !== "" && part[0] !== "/" && !isDigits(part.charAt(0));
}
