import type { Edn } from "../../src/stores/ring-cookie/ring-cookie.ts";
import type { Clojure, ClojureMap } from "./scenarios.ts";

/** Converts Clojure's data to the form that `ringCookieStore` reads and writes. */
export function ednOf(value: Clojure): Edn {
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(ednOf);
  const [tag = "", content = null] = Object.entries(value)[0] ?? [];
  return tags[tag]?.(content) ?? mapValues(value);
}

/** Prepares data for comparison: sets have no order, and the oracle's files do not tell `1.0` from `1`. */
export function comparable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  const { $set: set, $double: double } = value as { readonly $set?: readonly Edn[]; readonly $double?: number };
  if (double !== undefined) return double;
  if (set !== undefined) return { $set: set.map((item) => JSON.stringify(comparable(item))).toSorted() };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

const tags: Readonly<Record<string, (content: Clojure) => Edn>> = {
  $kw: (name) => ({ $keyword: String(name) }),
  $sym: (name) => ({ $symbol: String(name) }),
  $char: (character) => ({ $char: String(character) }),
  $inst: (instant) => ({ $inst: new Date(String(instant).replace("-00:00", "Z")).toISOString() }),
  $uuid: (uuid) => ({ $uuid: String(uuid) }),
  $int: (digits) => ({ $long: String(digits) }),
  $bigint: (digits) => ({ $bigint: String(digits) }),
  $dec: (digits) => ({ $decimal: String(digits) }),
  $ratio: (ratio) => ({ $ratio: String(ratio) }),
  $double: Number,
  /** EDN has no durations, so there is no equivalent. */
  $duration: () => Symbol("duration") as never,
  $list: (items) => ({ $list: (items as readonly Clojure[]).map(ednOf) }),
  $set: (items) => ({ $set: (items as readonly Clojure[]).map(ednOf) }),
  $map: (pairs) =>
    Object.fromEntries(
      (pairs as readonly (readonly [Clojure, Clojure])[]).map(([key, value]) => [nameOf(key), ednOf(value)]),
    ),
};

/** Returns the property name for a key. */
function nameOf(key: Clojure): string {
  if (typeof key === "string") return JSON.stringify(key);
  const keyword = typeof key === "object" && key !== null && !isList(key) ? key["$kw"] : undefined;
  return keyword === undefined ? ` ${JSON.stringify(key)}` : String(keyword);
}

function mapValues(map: ClojureMap): Edn {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, ednOf(value)]));
}

function isList(value: Clojure): value is readonly Clojure[] {
  return Array.isArray(value);
}
