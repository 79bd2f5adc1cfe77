import { SessionStoreError } from "../errors.ts";
import type { CookiesRequest, Request, SessionData, SessionRequest } from "../types.ts";
import { extended, LAZY } from "../http/request-map.ts";
import type { SessionConfig } from "./options/config.ts";
import { cookieValues } from "./options/cookie.ts";

/** Where a request carries what was read for it, through any `{ ...request }`. Shared by all copies of this package. */
export const VISIT: unique symbol = Symbol.for("ringlet.visit");

/** What a request brought: the session that was read, or none. */
export interface Visit {
  /** The key that the store knew; undefined where there is no session. */
  readonly key: string | undefined;
  /** What the handler sees. */
  readonly session: SessionData;
  /** The same as the store gave it. */
  readonly stored: SessionData | undefined;
  /** When it began, in milliseconds, where it says so. */
  readonly created: number | undefined;
  /** Whether the client sent a cookie of the session's name, known or not. */
  readonly cookieSent: boolean;
  /** Why the session could not be read, where the request goes on without it all the same. */
  readonly readError?: SessionStoreError;
}

/**
 * Refuses to change a session that could not be read: it would look like a success.
 *
 * @throws SessionStoreError
 */
export function checkRead({ readError }: Visit): void {
  if (readError === undefined) return;
  const reason = "is not possible: the session of this request could not be read";
  throw new SessionStoreError("write", reason, { cause: readError });
}

/** What of a request `sessionResponse` may be given. */
export type VisitedRequest = Partial<Request & CookiesRequest & SessionRequest<object>> & { readonly [VISIT]?: Visit };

/** A request with what was read for it, seen and unseen. */
export function withVisit<Req extends object, S extends object>(request: Req, visit: Visit): Req & SessionRequest<S> {
  const session = visit.session as S;
  if (VISIT in request || LAZY in request) {
    return extended(request, { session, sessionKey: visit.key, [VISIT]: visit });
  }
  // The symbol first where it can stand there: behind a spread it costs Node 20 a microsecond and more.
  return { [VISIT]: visit, ...request, session, sessionKey: visit.key };
}

/** What the request brought. On a map made by hand, or changed since, it is what the map says. */
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
