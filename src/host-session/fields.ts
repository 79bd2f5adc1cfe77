import { SessionDataError } from "../errors.ts";
import type { SessionData } from "../types.ts";

/** A session of another framework: an object that carries the application's data beside what is the framework's. */
export interface FrameworkFields {
  readonly framework: string;
  /** Whether a property of the object's own is the framework's. */
  readonly isFrameworks: (name: string) => boolean;
}

/** The application's data. */
export function fieldsOf({ isFrameworks }: FrameworkFields, session: object): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([name]) => !isFrameworks(name)));
}

/**
 * Refuses data under a name that the framework's object has for itself.
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

/** The application's data are these from now on. */
export function replaceFields(fields: FrameworkFields, session: object, next: SessionData): void {
  checkFields(fields, session, next);
  for (const name of Object.keys(fieldsOf(fields, session))) {
    if (!Object.hasOwn(next, name)) Reflect.deleteProperty(session, name);
  }
  Object.assign(session, next);
}
