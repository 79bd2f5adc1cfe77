/** What Clojure has and JSON has not, as an object with one property. */
export type EdnTag =
  /** `:admin` as a value, `:user/admin` with its namespace. */
  | { readonly $keyword: string }
  | { readonly $symbol: string }
  /** `\a`: one UTF-16 unit. */
  | { readonly $char: string }
  /** `#{…}`, in the order in which it was printed. */
  | { readonly $set: readonly Edn[] }
  /** `(…)`, where a vector is an array. */
  | { readonly $list: readonly Edn[] }
  /** `#inst`, as `Date.prototype.toISOString` writes it. */
  | { readonly $inst: string }
  | { readonly $uuid: string }
  /** An integer of 64 bits that a number cannot hold: beyond 2^53 - 1. */
  | { readonly $long: string }
  /** `42N`. */
  | { readonly $bigint: string }
  /** `1.50M`. */
  | { readonly $decimal: string }
  /** `1/3`. */
  | { readonly $ratio: string }
  /** A double that is a whole number: `1.0`, which is not `1`. */
  | { readonly $double: number }
  /** `#app/point [1 2]`, a literal of the application's own. */
  | { readonly $tagged: readonly [tag: string, value: Edn] };

/** Clojure's data as it comes out of a cookie of Ring's: plain data through and through. */
export type Edn = null | boolean | number | string | readonly Edn[] | EdnTag | EdnMap;

/** A map. A key that is a keyword is its name; a text is in double quotes, and any other key its EDN behind a space. */
export interface EdnMap {
  readonly [key: string]: Edn;
}

const TAGS = [
  "$keyword",
  "$symbol",
  "$char",
  "$set",
  "$list",
  "$inst",
  "$uuid",
  "$long",
  "$bigint",
  "$decimal",
  "$ratio",
  "$double",
  "$tagged",
];

/** How deep data may be nested, when they are read and when they are written. */
export const DEEPEST_EDN = 500;

/** What is no EDN, or none that can be kept. Its message shows nothing of the text. */
export class EdnError extends TypeError {
  override readonly name: string = "EdnError";
}

/** Whether a map with this one property would be taken for something else than a map. */
export function isTagName(name: string): boolean {
  return TAGS.includes(name);
}

/** The one property of an object that stands for something else than a map; undefined where it is a map. */
export function tagOf(object: Readonly<Record<string, unknown>>): [name: string, content: unknown] | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  const [first] = entries;
  return entries.length === 1 && first !== undefined && isTagName(first[0]) ? first : undefined;
}
