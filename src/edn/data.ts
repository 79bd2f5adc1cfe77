/** A value that Clojure has and JSON has not, as an object with one property. */
export type EdnTag =
  /** `:admin` as a value, `:user/admin` with its namespace. */
  | { readonly $keyword: string }
  | { readonly $symbol: string }
  /** `\a`: one UTF-16 unit. */
  | { readonly $char: string }
  /** `#{…}`, in the order in which it was printed. */
  | { readonly $set: readonly Edn[] }
  /** `(…)`. A vector is an array instead. */
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

/** Data of Clojure, as they are read from EDN. They are plain data at every depth. */
export type Edn = null | boolean | number | string | readonly Edn[] | EdnTag | EdnMap;

/**
 * A map of Clojure. The property of a keyword is its name. The property of a text is the text in double quotes. The
 * property of any other key is its EDN after a space.
 */
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

/** Deepest nesting of data that are read or printed. */
export const DEEPEST_EDN = 500;

/** Error for a text that is no EDN, or that has data which cannot be kept. Its message shows nothing of the text. */
export class EdnError extends TypeError {
  override readonly name: string = "EdnError";
}

/** Whether a map with this one property would be read as a tagged value, and not as a map. */
export function isTagName(name: string): boolean {
  return TAGS.includes(name);
}

/** Returns the one property of a tagged value, or undefined if the object is a map. */
export function tagOf(object: Readonly<Record<string, unknown>>): [name: string, content: unknown] | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  const [first] = entries;
  return entries.length === 1 && first !== undefined && isTagName(first[0]) ? first : undefined;
}
