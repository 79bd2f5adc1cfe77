import type { CookiesRequest, Request, SessionData, SessionRequest } from "../types.ts";
import { cookieSent } from "./read.ts";
import type { SessionConfig } from "./options/config.ts";
import { VISIT } from "../shared/symbols.ts";
import type { Visit } from "./visit.ts";

/** What of a request `sessionResponse` may be given. */
export type Known = Partial<Request & CookiesRequest & SessionRequest<object>> & { readonly [VISIT]?: Visit };

/** A request with what was read for it, seen and unseen. */
export function withVisit<Req extends object, S extends object>(request: Req, visit: Visit): Req & SessionRequest<S> {
  const session = visit.session as S;
  if (VISIT in request) return { ...request, session, sessionKey: visit.key, [VISIT]: visit };
  // The symbol first where it can stand there: behind a spread it costs Node 20 a microsecond and more.
  return { [VISIT]: visit, ...request, session, sessionKey: visit.key };
}

/** What the request brought. On a map made by hand, or changed since, it is what the map says. */
export function visitOf(config: SessionConfig, request: Known): Visit {
  const { session = {}, [VISIT]: read } = request;
  const key = request.sessionKey ?? undefined;
  const shown = session as SessionData;
  if (read !== undefined && read.key === key) return read.session === session ? read : { ...read, session: shown };
  return {
    key,
    session: shown,
    stored: undefined,
    created: undefined,
    cookieSent: key !== undefined || cookieSent(config, request),
  };
}
