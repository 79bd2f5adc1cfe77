import { SessionDataError } from "../errors.ts";
import type { SessionData } from "../types.ts";
import { isPlainObject, kindOf } from "../shared/values.ts";

/** Where a stored session keeps the time it began, in milliseconds, under an absolute limit. Handlers never see it. */
const CREATED = "_created";

/** Where a stored session keeps its flash, as in Ring. */
export const FLASH = "_flash";

/** Where a stored session keeps the secret of its anti-forgery tokens. */
export const SECRET = "ringlet/anti-forgery-token";

/** What middleware keeps in a session beside the application's data. */
export const RESERVED: readonly string[] = [FLASH, SECRET];

/** A session as handlers see it. */
export function withoutCreated(stored: SessionData): SessionData {
  return Object.hasOwn(stored, CREATED) ? omit(stored, CREATED) : stored;
}

/** A session without anything of ours: neither the time it began, nor a flash, nor the secret of its tokens. */
export function withoutReserved(stored: SessionData): SessionData {
  let session = withoutCreated(stored);
  for (const key of RESERVED) if (Object.hasOwn(session, key)) session = omit(session, key);
  return session;
}

/** When a stored session began, where it says so. */
export function createdOf(stored: SessionData): number | undefined {
  const created = Object.hasOwn(stored, CREATED) ? stored[CREATED] : undefined;
  return typeof created === "number" ? created : undefined;
}

/** A session as it is stored under an absolute limit. */
export function withCreated(session: SessionData, created: number): SessionData {
  return { ...session, [CREATED]: created };
}

/**
 * Refuses what is no session: it must be a plain object, its keys are text, and `_created` is not the application's
 * to set.
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

/** A session without one of its keys. */
export function omit(session: SessionData, key: string): SessionData {
  return Object.fromEntries(Object.entries(session).filter(([name]) => name !== key));
}
