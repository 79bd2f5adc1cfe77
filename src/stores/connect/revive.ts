import type { ConnectSession } from "./cookie.ts";
import { isPlainObject } from "../../shared/values.ts";
import { omit } from "../../data/reserved.ts";

/** What express-session keeps on a request. */
export interface ExpressSessionRequest {
  sessionID?: string;
  session?: unknown;
  sessionStore?: unknown;
}

/** The two classes of express-session, as they can be got hold of: it hands out neither. */
interface Classes {
  readonly Session: new (request: ExpressSessionRequest, data: ConnectSession) => ConnectSession;
  /** What its cookies have for a prototype: they do not lead to their constructor. */
  readonly cookie: object;
}

/**
 * Makes sessions of express-session out of stored ones, as the `createSession` of its base class would. The classes are
 * learned from a session that its `generate` makes for a request that nobody sees.
 */
export function createReviver(
  generate: (request: ExpressSessionRequest) => void,
): (request: ExpressSessionRequest, data: ConnectSession) => ConnectSession {
  let classes: Classes | undefined;

  const generated = (request: ExpressSessionRequest): ConnectSession => {
    // It shows all that the request has, for `genid` and `cookie` functions, and takes what they put on it.
    const shadow = Object.create(request) as ExpressSessionRequest;
    generate(shadow);
    return shadow.session as ConnectSession;
  };

  const learned = (request: ExpressSessionRequest): Classes => {
    const session = generated(request);
    return {
      Session: session.constructor as Classes["Session"],
      cookie: Object.getPrototypeOf(session.cookie) as object,
    };
  };

  return (request, data) => {
    const { Session, cookie } = (classes ??= learned(request));
    const stored: unknown = data.cookie;
    const revived = isPlainObject(stored) ? revivedCookie(cookie, stored) : generated(request).cookie;
    return new Session(request, Object.assign(data, { cookie: revived }));
  };
}

function revivedCookie(prototype: object, data: Record<string, unknown>): object {
  const cookie = Object.create(prototype) as object;
  const { expires, originalMaxAge, ...stored } = omit(data, "data");
  // Through the setters of the class: `originalMaxAge` last, because that of `expires` sets it too.
  return Object.assign(cookie, { path: "/", httpOnly: true }, stored, {
    expires: typeof expires === "string" ? new Date(expires) : (expires ?? null),
    originalMaxAge,
  });
}
