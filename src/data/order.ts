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

/**
 * The session type that a wrapped handler requires of its request. A handler that names no type has an index signature,
 * and accepts any session.
 */
export type DemandedSession<S extends object> = string extends keyof S ? object : S;

/**
 * Orders about the session that middleware lets a response give. If the handler inside names no type, TypeScript allows
 * `null` only, because any object could be of the wrong type.
 */
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

/** A value under a reserved name of the session: `after` is the new one, `before` that of the request; undefined is none. */
export interface ReservedValue {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Returns the order of a response with a value under a reserved name. `sessionRead` is the session of the request. It goes
 * on if the response says nothing.
 */
export function withReserved(
  part: OrderPart & { readonly session?: SessionData | undefined },
  sessionRead: object,
  { name, before, after }: ReservedValue,
): { readonly session: SessionData; readonly [CHANGES]?: KnownChanges } {
  const session = withValue((part.session ?? sessionRead) as SessionData, name, after);
  const known = knownChanges(part);
  if (known === undefined) return { session };
  const changes = equal(before, after) ? known : new Map(known).set(name, after);
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
  if (!isPlainObject(session) || !Object.hasOwn(session, name) || session[name] === undefined) return;
  throw new SessionDataError(
    name === FLASH
      ? `response.session.${FLASH} is reserved for the flash; put it in response.flash`
      : `response.session[${JSON.stringify(name)}] is reserved; use another name`,
  );
}

function withValue(session: SessionData, name: string, value: unknown): SessionData {
  // A list or a text is returned unchanged, and is refused later.
  return value === undefined || !isPlainObject(session) ? session : { ...session, [name]: value };
}
