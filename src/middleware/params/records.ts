/** Record without a prototype, so that it has only the names that a client sent. */
export type Fields<T> = Record<string, T | readonly T[]>;

/** Request whose `params` a middleware changes. */
export interface WithParams {
  readonly params?: object | undefined;
}

/** Makes an empty record without a prototype. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Whether a value is a record without a prototype: no file, no list and no data of another origin. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/**
 * Adds a value under a name. Several values of one name become a list. After Ring's `assoc-conj`. The name `__proto__`
 * is left out: a copy by `Object.assign` would get its prototype from it.
 */
export function conj<T>(fields: Fields<T>, name: string, value: T): void {
  if (name === "__proto__") return;
  const current = fields[name];
  if (current === undefined) fields[name] = value;
  else fields[name] = Array.isArray(current) ? [...(current as readonly T[]), value] : [current as T, value];
}

/**
 * Returns the fields of pairs of name and value, as `conj` makes them. `conj` itself would copy a list for each value.
 */
export function gathered<T>(pairs: Iterable<readonly [name: string, value: T]>): Fields<T> {
  const values = new Map<string, [T, ...T[]]>();
  for (const [name, value] of pairs) {
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  const fields = emptyRecord<T | readonly T[]>();
  for (const [name, list] of values) if (name !== "__proto__") fields[name] = list.length === 1 ? list[0] : list;
  return fields;
}

/** Returns the fields of several records in one. Of several fields with one name, the last counts. */
export function merged<T>(...records: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> {
  const all = Object.assign(emptyRecord<T>(), ...records) as Record<string, T>;
  delete all["__proto__"];
  return all;
}
