import { SessionStoreError } from "../errors.ts";
import type { CookiesRequest, Request, SessionData, SessionRequest } from "../types.ts";
import { extended, LAZY } from "../http/request-map.ts";
import type { SessionConfig } from "./options/config.ts";
import { cookieValues } from "./options/cookie.ts";

/** Name under which a request carries its visit, through any `{ ...request }`. All copies of this package share it. */
export const VISIT: unique symbol = Symbol.for("ringlet.visit");

/** What a request brought: the session that was read for it, or none. */
export interface Visit {
  /** The key that the store knew; undefined if there is no session. */
  readonly key: string | undefined;
  /** The session for the handler. */
  readonly session: SessionData;
  /** The session as the store returned it. */
  readonly stored: SessionData | undefined;
  /** The time it began, in milliseconds, if it holds one. */
  readonly created: number | undefined;
  /** Whether the client sent a cookie of the session's name, whether or not the store knew it. */
  readonly cookieSent: boolean;
  /** The error of the store, if the request goes on although its session could not be read. */
  readonly readError?: SessionStoreError;
}

/**
 * Throws if the session could not be read. A change to it would only look like a success.
 *
 * @throws SessionStoreError
 */
export function checkRead({ readError }: Visit): void {
  if (readError === undefined) return;
  const reason = "is not possible: the session of this request could not be read";
  throw new SessionStoreError("write", reason, { cause: readError });
}

/** A request as `sessionResponse` gets it: with its visit, or a map made by hand. */
export type VisitedRequest = Partial<Request & CookiesRequest & SessionRequest<object>> & { readonly [VISIT]?: Visit };

/** Returns a request with its visit: the two visible properties, and the hidden one. */
export function withVisit<Req extends object, S extends object>(request: Req, visit: Visit): Req & SessionRequest<S> {
  const session = visit.session as S;
  // A spread would read a lazy property, and could put two visits into the copy.
  if (VISIT in request || LAZY in request) {
    return extended(request, { session, sessionKey: visit.key, [VISIT]: visit });
  }
  // The symbol stands first: after a spread it makes Node 20 slower by a microsecond.
  return { [VISIT]: visit, ...request, session, sessionKey: visit.key };
}

/** Returns the visit of a request. If the request was made by hand or changed later, its own `session` and `sessionKey` count. */
export function visitOf(config: SessionConfig, request: VisitedRequest): Visit {
  const { session = {}, [VISIT]: visit } = request;
  const key = request.sessionKey ?? undefined;
  if (visit !== undefined && visit.key === key) {
    return visit.session === session ? visit : { ...visit, session: session as SessionData };
  }
  return {
    key,
    session: session as SessionData,
    stored: undefined,
    created: undefined,
    cookieSent: key !== undefined || cookieValues(config.cookie, request).length > 0,
  };
}
