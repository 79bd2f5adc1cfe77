import type { Awaitable, SessionData, StandardSchema } from "../../types.ts";
import { andThen, isPromise } from "../../shared/awaitable.ts";
import { isPlainObject, kindOf } from "../../shared/values.ts";
import { RESERVED, withoutReserved } from "../../data/reserved.ts";

/**
 * Throws if a value is no Standard Schema.
 *
 * @throws TypeError
 */
export function checkSchema(where: string, schema: StandardSchema<object> | undefined): void {
  if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") return;
  throw new TypeError(`${where}: schema must be a Standard Schema (Zod, Valibot, ArkType, …), got ${kindOf(schema)}`);
}

/**
 * Returns a session as its schema returns it, for example with defaults. Returns undefined if it does not fit the
 * schema. The schema does not see the reserved names of middleware. They are put back afterwards.
 */
export function fit(
  schema: StandardSchema<object> | undefined,
  session: SessionData,
): Awaitable<SessionData | undefined> {
  if (schema === undefined) return session;
  const names = RESERVED.filter((key) => Object.hasOwn(session, key));
  if (names.length === 0) return validate(schema, session);
  const kept = Object.fromEntries(names.map((key) => [key, session[key]]));
  return andThen(validate(schema, withoutReserved(session)), (fitted) => fitted && { ...fitted, ...kept });
}

/**
 * Does the same inside an atomic update, where no promise can be awaited.
 *
 * @throws TypeError if the schema returns a promise
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
