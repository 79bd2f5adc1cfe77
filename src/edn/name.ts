import { endsToken, isDigits } from "./cursor.ts";

/** Whether Clojure reads `:` and this text as a keyword. Unlike a symbol's, its name may begin with a digit. */
export function isKeywordName(name: string): boolean {
  return isOneToken(name) && !name.startsWith(":") && (isWellParted(name) || isWellParted(`:${name}`));
}

/** Whether Clojure reads this text as a symbol. */
export function isSymbolName(name: string): boolean {
  if (name === "nil" || name === "true" || name === "false" || startsNumber(name)) return false;
  return isOneToken(name) && !name.startsWith(":") && !name.startsWith("#") && isWellParted(name);
}

/** Whether this text is a tag without its `#`: a symbol that begins with a letter of ASCII. */
export function isTagSymbol(name: string): boolean {
  const first = name.charAt(0).toLowerCase();
  return first >= "a" && first <= "z" && isSymbolName(name);
}

/** Whether a token begins like a number. Then it is a number, or an error. */
export function startsNumber(token: string): boolean {
  const at = "+-".includes(token.charAt(0)) ? 1 : 0;
  return DIGIT.test(token.charAt(at));
}

/** A digit of any script, as in Java's `Character.isDigit`. Only those of ASCII may begin a number. */
const DIGIT = /^\p{Nd}$/u;

function isOneToken(name: string): boolean {
  return [...name].every((character) => !endsToken(character) && !"@`~".includes(character));
}

/** Whether a text is a name, or a namespace, a slash and a name. Neither may begin with a digit or end with a colon. */
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
