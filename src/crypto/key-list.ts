import { kindOf } from "../shared/values.ts";

/** The two options for keys: `key` is the only key, `keys` are several. The first of several keys seals. */
export interface KeyOptions {
  readonly key?: unknown;
  readonly keys?: unknown;
}

/** How keys of one kind are made. */
export interface KeyKind<Key> {
  /** Makes a key from a given value. Throws a TypeError whose message begins with `where` if the value is no key. */
  readonly make: (where: string, given: unknown) => Key;
  /** Makes up a key if none is given. Default: a key must be given. */
  readonly makeUp?: () => Key;
  /** How to get a key: the end of a message. */
  readonly cure?: string;
}

/**
 * Returns the checked keys of the options `key` or `keys`. The first key is the one that seals.
 *
 * @throws TypeError if both options are given, if one of them is undefined, or if a value is no key
 */
export function keyOrKeys<Key>(where: string, options: KeyOptions, kind: KeyKind<Key>): [Key, ...Key[]] {
  const { key, keys } = options;
  const { make, makeUp } = kind;
  if (key === undefined && keys === undefined && makeUp === undefined) return [make(`${where}: key`, undefined)];
  for (const name of ["key", "keys"] as const) {
    // Most likely an environment variable is not set. A key made up instead would be noticed much later.
    if (name in options && options[name] === undefined) {
      throw new TypeError(`${where}: ${name} is undefined; set it, or leave it out`);
    }
  }
  if (keys === undefined) return [key === undefined && makeUp !== undefined ? makeUp() : make(`${where}: key`, key)];
  if (key === undefined) return severalKeys(where, keys, kind);
  throw new TypeError(`${where}: give key or keys, not both; the first of keys seals`);
}

function severalKeys<Key>(where: string, keys: unknown, { make, cure }: KeyKind<Key>): [Key, ...Key[]] {
  if (!Array.isArray(keys)) {
    throw new TypeError(`${where}: keys must be a list, got ${kindOf(keys)}; for one key write key`);
  }
  const [first, ...others] = Array.from(keys, (each: unknown, index) => make(`${where}: keys[${index}]`, each));
  if (first !== undefined) return [first, ...others];
  const end = cure === undefined ? "" : `; ${cure}`;
  throw new TypeError(`${where}: keys must have at least one key, got none${end}`);
}
