import type { ConnectSession } from "./cookie.ts";
import { isPlainObject } from "../../shared/values.ts";
import { omit } from "../../data/reserved.ts";

/** A request, with what express-session keeps on it. */
export interface ExpressSessionRequest {
  sessionID?: string;
  session?: unknown;
  sessionStore?: unknown;
}

/** The two classes of express-session. It exports neither of them. */
interface Classes {
  readonly Session: new (request: ExpressSessionRequest, data: ConnectSession) => ConnectSession;
  /** The prototype of its cookies, which does not lead to their constructor. */
  readonly cookie: object;
}

/**
 * Makes sessions of express-session from stored ones, as the `createSession` of its base class would. It learns the
 * classes from a session that `generate` makes for a request that nobody sees.
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
