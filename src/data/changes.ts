import type { SessionData } from "../types.ts";
import { define } from "./copy.ts";
import { equal } from "./equal.ts";

/** Changes to a session by top-level key: the new value, or undefined for a key that was taken away. */
export type Changes = ReadonlyMap<string, unknown>;

const NO_CHANGES: Changes = new Map();

/** Returns the changes that lead from one session to another. There are none if the two are equal. */
export function changesBetween(before: SessionData, after: SessionData): Changes {
  // The map is made late: most often there are no changes.
  let changes: Map<string, unknown> | undefined;
  for (const key of Object.keys(after)) {
    const value = after[key];
    if (value !== undefined && !equal(ownValue(before, key), value)) (changes ??= new Map()).set(key, value);
  }
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && ownValue(after, key) === undefined) (changes ??= new Map()).set(key, undefined);
  }
  return changes ?? NO_CHANGES;
}

/** Returns a session with changes applied. A key that they do not name keeps its value. */
export function applyChanges(session: SessionData, changes: Changes): SessionData {
  const changed: Record<string, unknown> = {};
  for (const key of Object.keys(session)) set(changed, key, changes.has(key) ? changes.get(key) : session[key]);
  for (const [key, value] of changes) if (!Object.hasOwn(session, key)) set(changed, key, value);
  return changed;
}

function set(object: Record<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) define(object, key, value);
}

function ownValue(session: SessionData, key: string): unknown {
  return Object.hasOwn(session, key) ? session[key] : undefined;
}
