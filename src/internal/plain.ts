/** Whether a value is an object of the kind that `{}` makes: no list, no Date, no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype, but that too has nothing above it.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Says what a value is, for a message: "null", "a list", "a Date", "text", "NaN". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : String(value);
  if (typeof value === "object") return isPlainObject(value) ? "an object" : article(nameOfClass(value));
  if (typeof value === "bigint") return "a BigInt";
  return `a ${typeof value}`;
}

/** Shows a value in a message: what was given, not more than a line of it. */
export function show(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return kindOf(value);
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function nameOfClass(value: object): string {
  const constructor: unknown = Reflect.get(value, "constructor");
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "class instance";
}

function article(name: string): string {
  return `${"AEIOU".includes(name.charAt(0).toUpperCase()) ? "an" : "a"} ${name}`;
}
