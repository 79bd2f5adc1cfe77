import { SessionDataError } from "../errors.ts";
import type { CookiesResponse, FlashResponse, Response, SessionData, SessionResponse } from "../types.ts";
import { isPlainObject } from "../shared/values.ts";
import type { Changes } from "./changes.ts";
import { equal } from "./equal.ts";
import { FLASH, omit } from "./reserved.ts";

/** A function from the newest session to the next one; `null` deletes it. */
export type SessionUpdate = (current: SessionData) => SessionData | null;

/** What a response says of the session: the next one, a function that makes it, `null` to delete it, or nothing. */
export type SessionOrder = SessionData | SessionUpdate | null | undefined;

/**
 * On a response whose session is the request's own but for our reserved names: the flash or the secret alone has changed.
 * It is no log-in, and no new data.
 */
export const SAME_DATA: unique symbol = Symbol.for("ringlet.same-data");

/** Changes that are known to lead from the session of the request to this one. */
export interface KnownChanges {
  readonly session: SessionData | undefined;
  readonly changes: Changes;
}

/** On the response of a draft: the changes to its session, so that nobody has to look for them again. */
export const CHANGES: unique symbol = Symbol.for("ringlet.changes");

/** A response with all that it can say to the session's middleware, seen and unseen. */
export type OrderingResponse = Response &
  CookiesResponse &
  SessionResponse<object> &
  FlashResponse<unknown> & { readonly [SAME_DATA]?: boolean; readonly [CHANGES]?: KnownChanges | undefined };

/** The session that middleware demands of a request. A handler that does not name its session's type fits any. */
export type DemandedSession<S extends object> = string extends keyof S ? object : S;

/** What middleware lets a response say of the session. A handler that does not name its type can only delete. */
export type AllowedOrder<S extends object> = string extends keyof S
  ? Omit<SessionResponse, "session"> & { readonly session?: null | undefined }
  : SessionResponse<S>;

/** The part of a response that says what becomes of the session. */
export interface OrderPart {
  readonly session?: SessionOrder;
  readonly [CHANGES]?: KnownChanges | undefined;
}

/** The changes to the session of a response, where they are known; they are not once somebody has replaced it. */
export function knownChanges({ session, [CHANGES]: known }: OrderPart): Changes | undefined {
  return known !== undefined && known.session === session ? known.changes : undefined;
}

/**
 * The session of a response with a value under a reserved name, undefined for none. `seen` is the session of the request,
 * which goes on where the response says nothing, and `before` its value under that name.
 */
export function withReserved(
  part: OrderPart & { readonly session?: SessionData | undefined },
  seen: object,
  name: string,
  value: unknown,
  before: unknown,
): { readonly session: SessionData; readonly [CHANGES]?: KnownChanges } {
  const session = withValue((part.session ?? seen) as SessionData, name, value);
  const known = knownChanges(part);
  if (known === undefined) return { session };
  const changes = equal(before, value) ? known : new Map(known).set(name, value);
  return { session, [CHANGES]: { session, changes } };
}

/**
 * An update that keeps a reserved name from the application's function: that one does not see it, and may not set it.
 * `valueFor` says what stands under the name afterwards.
 */
export function throughReserved(
  update: SessionUpdate,
  name: string,
  valueFor: (current: SessionData) => unknown,
): SessionUpdate {
  return (current) => {
    const next = update(Object.freeze(omit(current, name)));
    refuseReserved(next, name);
    return isPlainObject(next) ? withValue(next, name, valueFor(current)) : next;
  };
}

/**
 * Refuses a session in which the application has set a reserved name.
 *
 * @throws SessionDataError
 */
export function refuseReserved(session: unknown, name: string): void {
  if (!isPlainObject(session) || !Object.hasOwn(session, name)) return;
  throw new SessionDataError(
    name === FLASH
      ? `response.session.${FLASH} is reserved for the flash; put it in response.flash`
      : `response.session[${JSON.stringify(name)}] is reserved; use another name`,
  );
}

function withValue(session: SessionData, name: string, value: unknown): SessionData {
  return value === undefined ? session : { ...session, [name]: value };
}
