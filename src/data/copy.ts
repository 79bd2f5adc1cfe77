import { isPlainList, isPlainObject } from "../shared/values.ts";

/** A copy to change at will: of lists and plain objects through and through, of what a codec may add as it is cloned. */
export function copyOf(value: unknown): unknown {
  if (isPlainList(value)) return value.map(copyOf);
  if (isPlainObject(value)) return copyOfObject(value);
  return value instanceof Date || value instanceof Map || value instanceof Set ? structuredClone(value) : value;
}

function copyOfObject(object: Readonly<Record<string, unknown>>): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(object)) define(copy, key, copyOf(object[key]));
  return copy;
}

/** Gives an object a property. A key named `__proto__`, which an assignment would not store, is data like any other. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}
