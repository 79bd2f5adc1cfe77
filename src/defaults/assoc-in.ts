import { isPlainObject, kindOf } from "../shared/values.ts";

/** Type of a map in which the value at a path is replaced. */
export type AssocIn<M, P extends readonly string[], V> = P extends readonly [
  infer K extends string,
  ...infer Rest extends readonly string[],
]
  ? Omit<M, K> & { readonly [Key in K]: AssocIn<K extends keyof M ? M[K] : object, Rest, V> }
  : V;

/**
 * Returns nested data with the value at a path replaced. The maps on the path are copied, everything else is shared. A
 * map that is missing on the path is made, also in the place of `true` or `false`. This is Clojure's `assoc-in`.
 *
 * @example
 * ```ts
 * import { assocIn, siteDefaults } from "ringlet/defaults";
 *
 * const config = assocIn(siteDefaults, ["session", "cookieName"], "example-app-sessions");
 * ```
 * @throws TypeError if the path is empty, or leads into something that is no map
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
