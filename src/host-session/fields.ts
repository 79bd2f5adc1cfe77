import { SessionDataError } from "../errors.ts";
import type { SessionData } from "../types.ts";

/** How another framework's session keeps its own properties beside the application's data. */
export interface FrameworkFields {
  readonly framework: string;
  /** Whether an own property of the session belongs to the framework. */
  readonly isFrameworks: (name: string) => boolean;
}

/** Returns the application's data in a session of the framework. */
export function fieldsOf({ isFrameworks }: FrameworkFields, session: object): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([name]) => !isFrameworks(name)));
}

/**
 * Throws if new data use a name that the framework's session needs for itself.
 *
 * @throws SessionDataError
 */
export function checkFields(fields: FrameworkFields, session: object, next: SessionData): void {
  const before = fieldsOf(fields, session);
  const taken = Object.keys(next).find(
    (name) => fields.isFrameworks(name) || (name in session && !Object.hasOwn(before, name)),
  );
  if (taken === undefined) return;
  throw new SessionDataError(
    `response.session.${taken}: the name is taken by ${fields.framework}'s session; use another`,
  );
}

/** Replaces the application's data in a session of the framework. */
export function replaceFields(fields: FrameworkFields, session: object, next: SessionData): void {
  checkFields(fields, session, next);
  for (const name of Object.keys(fieldsOf(fields, session))) {
    if (!Object.hasOwn(next, name)) Reflect.deleteProperty(session, name);
  }
  Object.assign(session, next);
}
