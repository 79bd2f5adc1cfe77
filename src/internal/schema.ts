import type { Awaitable, SessionData, StandardSchema } from "../types.ts";
import { andThen, isPromise } from "./awaitable.ts";
import { isPlainObject } from "./plain.ts";
import { FLASH, omit } from "./stored.ts";

/**
 * A session as its schema gives it back: with defaults filled in, say. Undefined where it does not fit.
 * The flash is no part of what the schema describes: it is put aside meanwhile.
 */
export function fit(
  schema: StandardSchema<object> | undefined,
  session: SessionData,
): Awaitable<SessionData | undefined> {
  if (schema === undefined) return session;
  if (!Object.hasOwn(session, FLASH)) return validate(schema, session);
  const withFlash = (fitted: SessionData | undefined) => fitted && { ...fitted, [FLASH]: session[FLASH] };
  return andThen(validate(schema, omit(session, FLASH)), withFlash);
}

/**
 * The same where nothing can be waited for: inside an atomic update.
 *
 * @throws TypeError where the schema answers a promise
 */
export function fitNow(schema: StandardSchema<object> | undefined, session: SessionData): SessionData | undefined {
  const fitted = fit(schema, session);
  if (!isPromise(fitted)) return fitted;
  throw new TypeError("schema must answer at once where the session is a function, got a promise; use one that does");
}

function validate(schema: StandardSchema<object>, session: SessionData): Awaitable<SessionData | undefined> {
  return andThen(schema["~standard"].validate(session), (result) => {
    return result.issues === undefined && isPlainObject(result.value) ? result.value : undefined;
  });
}
