import { isPlainObject, kindOf } from "../shared/values.ts";

/** A map with the value at a path put in the place of what was there. */
export type AssocIn<M, P extends readonly string[], V> = P extends readonly [
  infer K extends string,
  ...infer Rest extends readonly string[],
]
  ? Omit<M, K> & { readonly [Key in K]: AssocIn<K extends keyof M ? M[K] : object, Rest, V> }
  : V;

/**
 * A copy of nested data with one value changed; what is above it is copied, all else is shared. What is missing on the way
 * is made, and so is what `true` or `false` stands for. Clojure's `assoc-in`.
 *
 * @example
 * ```ts
 * import { assocIn, siteDefaults } from "ringlet/defaults";
 *
 * const config = assocIn(siteDefaults, ["session", "cookieName"], "example-app-sessions");
 * ```
 * @throws TypeError where the path is empty, or leads into what is no map
 */
export function assocIn<const M extends object, const P extends readonly [string, ...string[]], const V>(
  map: M,
  path: P,
  value: V,
): AssocIn<M, P, V> {
  if (!Array.isArray(path) || path.length === 0) {
    throw new TypeError(`assocIn: path must be a list of names, got ${kindOf(path)}`);
  }
  return changed(map, path, value) as AssocIn<M, P, V>;
}

function changed(map: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (map !== undefined && typeof map !== "boolean" && !isPlainObject(map)) {
    throw new TypeError(`assocIn: what holds "${name}" must be a map, got ${kindOf(map)}`);
  }
  const members: Readonly<Record<string, unknown>> = typeof map === "object" ? map : {};
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  return { ...members, [name]: changed(member, rest, value) };
}
