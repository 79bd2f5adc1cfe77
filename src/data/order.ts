import { SessionDataError } from "../errors.ts";
import type { CookiesResponse, FlashResponse, Response, SessionData, SessionResponse } from "../types.ts";
import { isPlainObject } from "../shared/values.ts";
import type { Changes } from "./changes.ts";
import { equal } from "./equal.ts";
import { FLASH, omit } from "./reserved.ts";

/** Function from the newest session to the next one. `null` deletes the session. */
export type SessionUpdate = (current: SessionData) => SessionData | null;

/**
 * Order of a response about the session: the next session, a function that makes it, `null` to delete it, or nothing.
 */
export type SessionOrder = SessionData | SessionUpdate | null | undefined;

/**
 * Marks a response that changes reserved names of the session and no data of the application: its flash or its secret.
 * Such a response is no log-in.
 */
export const SAME_DATA: unique symbol = Symbol.for("ringlet.same-data");

/** Changes that lead from the session of the request to this session. */
export interface KnownChanges {
  readonly session: SessionData | undefined;
  readonly changes: Changes;
}

/** Name of the known changes on the response of a draft, so that they are computed once. */
export const CHANGES: unique symbol = Symbol.for("ringlet.changes");

/** A response with all properties that the session's middleware reads, visible and hidden. */
export type OrderingResponse = Response &
  CookiesResponse &
  SessionResponse<object> &
  FlashResponse<unknown> & { readonly [SAME_DATA]?: boolean; readonly [CHANGES]?: KnownChanges | undefined };

/** Type of the session that middleware demands of a request. A handler that names no type accepts any session. */
export type DemandedSession<S extends object> = string extends keyof S ? object : S;

/** Orders about the session that middleware allows on a response. A handler that names no type can only delete. */
export type AllowedOrder<S extends object> = string extends keyof S
  ? Omit<SessionResponse, "session"> & { readonly session?: null | undefined }
  : SessionResponse<S>;

/** The part of a response that holds the order about the session. */
export interface OrderPart {
  readonly session?: SessionOrder;
  readonly [CHANGES]?: KnownChanges | undefined;
}

/** Returns the known changes to the session of a response. They are unknown once somebody has replaced that session. */
export function knownChanges({ session, [CHANGES]: known }: OrderPart): Changes | undefined {
  return known !== undefined && known.session === session ? known.changes : undefined;
}

/**
 * Returns the session of a response with a value under a reserved name. An undefined value is left out. `seen` is the
 * session of the request; it is the base if the response has no session. `before` is its value under that name.
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
 * Returns an update that hides a reserved name from the application's function. The function may not set that name
 * either. `valueFor` returns the value that the name has afterwards.
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
 * Throws if the application has set a reserved name in a session.
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
