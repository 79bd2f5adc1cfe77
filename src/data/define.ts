/** Gives an object a property. A key named `__proto__`, which an assignment would not store, is data like any other. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}
