import { SessionDataError } from "../errors.ts";
import type { SessionData } from "../types.ts";
import { isPlainObject, kindOf } from "../shared/values.ts";

/** Name of the property with the time a stored session began, in milliseconds. Only an absolute limit needs it. Handlers never see it. */
const CREATED = "_created";

/** Name of the property with the flash of a stored session, as in Ring. */
export const FLASH = "_flash";

/** Name of the property with the secret behind the anti-forgery tokens. It says "token", because stored sessions have it. */
export const SECRET = "ringlet/anti-forgery-token";

/** Names of the properties in which middleware keeps its own values. Handlers behind it do not see them. */
export const RESERVED: readonly string[] = [FLASH, SECRET];

/** Returns a stored session without the time it began. */
export function withoutCreated(stored: SessionData): SessionData {
  return omit(stored, CREATED);
}

/** Returns the application's data of a session: without the time it began, its flash and its secret. */
export function withoutReserved(stored: SessionData): SessionData {
  let session = withoutCreated(stored);
  for (const key of RESERVED) session = omit(session, key);
  return session;
}

/** Returns the time a stored session began, or undefined if it holds none. */
export function createdOf(stored: SessionData): number | undefined {
  const created = Object.hasOwn(stored, CREATED) ? stored[CREATED] : undefined;
  return typeof created === "number" ? created : undefined;
}

/** Returns a session with the time it began, as it is stored under an absolute limit. */
export function withCreated(session: SessionData, created: number): SessionData {
  return { ...session, [CREATED]: created };
}

/**
 * Throws if a value is no session. A session is a plain object whose keys are text. The application may not set
 * `_created`.
 *
 * @throws SessionDataError
 */
export function checkSession(session: unknown, where: string): asserts session is SessionData {
  if (!isPlainObject(session)) {
    const cure = session === undefined ? "; answer null to delete it" : "";
    throw new SessionDataError(`${where} must be a plain object, got ${kindOf(session)}${cure}`);
  }
  if (Object.getOwnPropertySymbols(session).length > 0) {
    throw new SessionDataError(`${where} has a symbol for a key, which no store keeps; use text`);
  }
  if (Object.hasOwn(session, CREATED)) {
    throw new SessionDataError(
      `${where}.${CREATED} is reserved: it holds the time the session began; use another name`,
    );
  }
}

/** Returns a session without one of its properties; itself if it has none of that name. */
export function omit(session: SessionData, key: string): SessionData {
  if (!Object.hasOwn(session, key)) return session;
  return Object.fromEntries(Object.entries(session).filter(([name]) => name !== key));
}
