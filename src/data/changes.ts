import type { SessionData } from "../types.ts";
import { define } from "./copy.ts";
import { equal } from "./equal.ts";

/** What a handler did to a session, top-level key by key: the new value, or undefined where it was taken away. */
export type Changes = ReadonlyMap<string, unknown>;

const NO_CHANGES: Changes = new Map();

/** The changes that lead from one session to another; empty where the two are equal. */
export function changesBetween(before: SessionData, after: SessionData): Changes {
  // Most often there are none.
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

/** A session with changes applied; whatever they do not name stays as it is. */
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
