import { SessionDataError } from "../errors.ts";
import type { SessionData } from "../types.ts";

/** A session of another framework: an object that carries the application's data beside what is the framework's. */
export interface HostFields {
  readonly host: string;
  /** Whether a property of the object's own is the framework's. */
  readonly isHosts: (name: string) => boolean;
}

/** The application's data. */
export function fieldsOf({ isHosts }: HostFields, session: object): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([name]) => !isHosts(name)));
}

/**
 * Refuses data under a name that the framework's object has for itself.
 *
 * @throws SessionDataError
 */
export function checkFields(fields: HostFields, session: object, next: SessionData): void {
  const before = fieldsOf(fields, session);
  const taken = Object.keys(next).find(
    (name) => fields.isHosts(name) || (name in session && !Object.hasOwn(before, name)),
  );
  if (taken === undefined) return;
  throw new SessionDataError(`response.session.${taken}: the name is taken by ${fields.host}'s session; use another`);
}

/** The application's data are these from now on. */
export function replaceFields(fields: HostFields, session: object, next: SessionData): void {
  checkFields(fields, session, next);
  for (const name of Object.keys(fieldsOf(fields, session))) {
    if (!Object.hasOwn(next, name)) Reflect.deleteProperty(session, name);
  }
  Object.assign(session, next);
}
