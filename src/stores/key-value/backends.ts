import type { Awaitable } from "../../types.ts";
import { kindOf } from "../../shared/values.ts";

/** A store with the functions of Keyv. A Map has them too. */
export interface KeyvLike {
  get(key: string): Awaitable<unknown>;
  /** `ttl` is in milliseconds. A result of `false` is a failure. */
  set(key: string, value: string, ttl?: number): unknown;
  delete(key: string): unknown;
}

/** A store with the functions of unstorage. */
export interface StorageLike {
  getItem(key: string): Awaitable<unknown>;
  /** `ttl` is in seconds. */
  setItem(key: string, value: string, options?: { readonly ttl?: number }): unknown;
  removeItem(key: string): unknown;
}

/** The three functions that all of them have, by the handle of a session. */
export interface Backend {
  readonly get: (handle: string) => Awaitable<unknown>;
  readonly set: (handle: string, text: string, ttl: number | undefined) => Awaitable<unknown>;
  readonly remove: (handle: string) => Awaitable<unknown>;
}

/**
 * Returns the three functions of a Keyv, an unstorage or what looks like one of them. `prefix` stands before each
 * handle.
 *
 * @throws TypeError if it looks like none of them
 */
export function backendOf(keyValue: KeyvLike | StorageLike, prefix: string): Backend {
  // First, because unstorage has functions by the other names too, and means seconds.
  if (hasFunctions(keyValue, "getItem", "setItem", "removeItem")) {
    const storage = keyValue as StorageLike;
    return {
      get: (handle) => storage.getItem(prefix + handle),
      set: (handle, text, ttl) =>
        storage.setItem(prefix + handle, text, ttl === undefined ? {} : { ttl: Math.ceil(ttl) }),
      remove: (handle) => storage.removeItem(prefix + handle),
    };
  }
  if (!hasFunctions(keyValue, "get", "set", "delete")) {
    throw new TypeError(
      `keyValueStore: needs get, set and delete, as Keyv has, or getItem, setItem and removeItem, as unstorage has, got ${kindOf(keyValue)}`,
    );
  }
  const keyv = keyValue as KeyvLike & { readonly throwOnErrors?: unknown };
  if (keyv.throwOnErrors === false) {
    throw new TypeError(
      "keyValueStore: a Keyv must have throwOnErrors: true; without it a read that fails looks like no session",
    );
  }
  return {
    get: (handle) => keyv.get(prefix + handle),
    set: (handle, text, ttl) => keyv.set(prefix + handle, text, ttl === undefined ? undefined : Math.ceil(ttl * 1000)),
    remove: (handle) => keyv.delete(prefix + handle),
  };
}

function hasFunctions(value: object, ...names: readonly string[]): boolean {
  return (
    typeof value === "object" && value !== null && names.every((name) => typeof Reflect.get(value, name) === "function")
  );
}
