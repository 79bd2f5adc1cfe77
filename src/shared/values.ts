import { isDate } from "node:util/types";

/** Whether a value is a plain object, as `{}` makes it: no list, no Date, no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype, but that too has nothing above it.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is a plain list, as `[]` makes it: no instance of a class that extends Array. */
export function isPlainList(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The Array.prototype of another realm is itself a list, and that of a class is not.
  return prototype === Array.prototype || Array.isArray(prototype);
}

/** Returns the kind of a value, for a message: "null", "a list", "a Date", "text", "NaN". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (isPlainList(value)) return "a list";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : String(value);
  if (typeof value === "object") return isPlainObject(value) ? "an object" : article(nameOfClass(value));
  if (typeof value === "bigint") return "a BigInt";
  return `a ${typeof value}`;
}

/** Returns a value as text for a message, shortened to one line. */
export function show(value: unknown): string {
  if (isDate(value)) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return kindOf(value);
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function nameOfClass(value: object): string {
  const constructor: unknown = Reflect.get(value, "constructor");
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "class instance";
}

function article(name: string): string {
  // A class that begins with U is a URL or a User more often than an Umbrella.
  return `${"AEIO".includes(name.charAt(0).toUpperCase()) ? "an" : "a"} ${name}`;
}
