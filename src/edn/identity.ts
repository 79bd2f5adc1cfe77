import { type Edn, type EdnMap, tagOf } from "./data.ts";

/**
 * Returns a text that is the same for two values if Clojure's `=` calls them equal. A vector equals a list with the
 * same items, and `1` equals `1N`; but `1` and `1.0` differ.
 */
export function identityOf(value: Edn): string {
  if (typeof value === "number") return Number.isInteger(value) && !Object.is(value, -0) ? `i${value}` : `d${value}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return listIdentity(value);
  const [name, content] = tagOf(value) ?? [];
  switch (name) {
    case undefined:
      return mapIdentity(value);
    case "$list":
      return listIdentity(content as readonly Edn[]);
    case "$set":
      return `#{${sorted((content as readonly Edn[]).map(identityOf))}}`;
    case "$long":
    case "$bigint":
      return `i${String(content)}`;
    case "$double":
      return `d${String(content)}`;
    default:
      return `${name}${JSON.stringify(content)}`;
  }
}

function listIdentity(list: readonly Edn[]): string {
  return `[${list.map(identityOf).join(" ")}]`;
}

function mapIdentity(map: EdnMap): string {
  return `{${sorted(Object.entries(map).map(([key, value]) => `${JSON.stringify(key)} ${identityOf(value)}`))}}`;
}

function sorted(texts: readonly string[]): string {
  return texts.toSorted().join(" ");
}

function isList(value: Edn): value is readonly Edn[] {
  return Array.isArray(value);
}
