/** A record without a prototype: a name in it is only ever what somebody sent. */
export type Fields<T> = Record<string, T | readonly T[]>;

/** A request whose `params` a middleware changes. */
export interface WithParams {
  readonly params?: object | undefined;
}

/** An empty one. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Whether a value is such a record, and no file, no list and no data of another origin. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/**
 * Puts a value under a name; a second one makes a list of both. After Ring's `assoc-conj`. The name `__proto__` is left
 * out: whoever copies the record with `Object.assign` would get a prototype from it.
 */
export function conj<T>(fields: Fields<T>, name: string, value: T): void {
  if (name === "__proto__") return;
  const current = fields[name];
  if (current === undefined) fields[name] = value;
  else fields[name] = Array.isArray(current) ? [...(current as readonly T[]), value] : [current as T, value];
}

/** The fields that pairs of a name and a value make; as `conj`, which would copy a list with each of its values. */
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

/** The fields of all the records, without a prototype; of one name the last counts. */
export function merged<T>(...records: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> {
  const all = Object.assign(emptyRecord<T>(), ...records) as Record<string, T>;
  delete all["__proto__"];
  return all;
}
