import { conj, emptyRecord, isRecord } from "./records.ts";

/** How names are split into keys. */
export interface Nesting {
  readonly keyParser?: ((name: string) => readonly string[]) | undefined;
  readonly maxDepth?: number | undefined;
}

type Members = Record<string, unknown>;

/** Returns a nested copy of a flat record. After Ring's `nest-params`. */
export function nested(params: Readonly<Members>, { keyParser = keysOf, maxDepth = 20 }: Nesting): Members {
  const whole = emptyRecord<unknown>();
  // Only records and lists that were made here may be changed here.
  const made = new Set<unknown>([whole]);
  for (const [name, value] of Object.entries(params)) {
    const keys = keyParser(name);
    const [first = name, ...rest] = keys.length > maxDepth ? [name] : keys;
    const isWhole = rest.length === 0 && whole[first] === undefined;
    const values: readonly unknown[] = Array.isArray(value) && !isWhole ? value : [value];
    for (const each of values) putAt(whole, first, rest, each, made);
  }
  return whole;
}

/**
 * Splits a name, as Ring's pattern does: `a[b][]` becomes `a`, `b` and an empty key. A name whose brackets do not match
 * is one key.
 */
function keysOf(name: string): readonly string[] {
  const open = name.indexOf("[");
  const first = open === -1 ? name : name.slice(0, open);
  if (open === -1 || first.includes("]") || !name.endsWith("]")) return [name];
  const keys = [first];
  for (let at = open, start = -1; at < name.length; at++) {
    if (name[at] === "[") start = at + 1;
    if (name[at] !== "]" || start === -1) continue;
    keys.push(name.slice(start, at));
    start = -1;
  }
  return keys;
}

function putAt(record: Members, key: string, keys: readonly string[], value: unknown, made: Set<unknown>): void {
  const [next, ...rest] = keys;
  if (next === undefined) return append(record, key, value, made);
  if (next !== "") {
    const inner = ownRecord(record[key], made);
    putAt(inner, next, rest, value, made);
    if (key !== "__proto__") record[key] = inner;
    return;
  }
  if (record[key] === undefined) conj<unknown>(record, key, listMade(made));
  append(record, key, element(rest, value, made), made);
}

/** Adds a value as `conj` does. A list that was made here grows; `conj` would copy it. */
function append(record: Members, key: string, value: unknown, made: Set<unknown>): void {
  const current = record[key];
  if (Array.isArray(current) && made.has(current)) return void current.push(value);
  conj(record, key, value);
  // If there was nothing, `conj` has put the value itself there.
  if (current !== undefined) made.add(record[key]);
}

function listMade(made: Set<unknown>): unknown[] {
  const list: unknown[] = [];
  made.add(list);
  return list;
}

/** Returns the element of a list: the value, or a record of the keys that are left. */
function element([first, ...rest]: readonly string[], value: unknown, made: Set<unknown>): unknown {
  if (first === undefined) return value;
  const inner = ownRecord(undefined, made);
  putAt(inner, first, rest, value, made);
  return inner;
}

/**
 * Returns a record that may be changed: the record if it was made here, otherwise a copy. Other values give an empty
 * one.
 */
function ownRecord(value: unknown, made: Set<unknown>): Members {
  if (made.has(value) && isRecord(value)) return value;
  const record = Object.assign(emptyRecord<unknown>(), isRecord(value) ? value : undefined);
  made.add(record);
  return record;
}
