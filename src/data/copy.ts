import { isPlainList, isPlainObject } from "../shared/values.ts";

/**
 * Returns a copy that may be changed at will. Lists and plain objects are copied at every depth. A Date, Map or Set,
 * which only a codec can store, is cloned. Any other value is the same in the copy.
 */
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

/**
 * Gives an object a property. A key named `__proto__` is data like any other; a plain assignment would not store it.
 */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}
