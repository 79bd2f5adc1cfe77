import { kindOf } from "../shared/values.ts";

/** The two ways to give keys: the one, or several of which the first seals. */
export interface KeyOptions {
  readonly key?: unknown;
  readonly keys?: unknown;
}

/** What a key of some kind is made of. */
export interface KeyKind<Key> {
  /** Makes a key of what was given, or throws a TypeError that begins with `where`. */
  readonly make: (where: string, given: unknown) => Key;
  /** Makes a key up where none is given. Default: one must be given. */
  readonly makeUp?: () => Key;
  /** How to get a key, for the end of a message. */
  readonly cure?: string;
}

/**
 * The keys that the options `key` or `keys` give, checked. The first is the one that seals.
 *
 * @throws TypeError where both are given, where one is given as undefined, and where what is given is no key
 */
export function keyOrKeys<Key>(where: string, options: KeyOptions, kind: KeyKind<Key>): [Key, ...Key[]] {
  const { key, keys } = options;
  const { make, makeUp } = kind;
  if (key === undefined && keys === undefined && makeUp === undefined) return [make(`${where}: key`, undefined)];
  for (const name of ["key", "keys"] as const) {
    // Most likely an environment variable that is not set: a key made up instead would be noticed much later.
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
