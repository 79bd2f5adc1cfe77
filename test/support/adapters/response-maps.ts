import { isDeepStrictEqual } from "node:util";

import { wrapFlash } from "../../../src/flash.ts";
import { wrapSession } from "../../../src/session/session.ts";
import type { AdapterApplication, ScriptDraft } from "../../../src/testing/testing.ts";
import type {
  CookieAttrs,
  FlashRequest,
  FlashResponse,
  Handler,
  Json,
  Request,
  Response,
  SessionRequest,
  SessionResponse,
} from "../../../src/types.ts";

/** Makes the application as a handler of maps: the script's assignments become properties of the response. */
export function mapHandler({ options, answer }: AdapterApplication): Handler {
  const handler = async (request: Request & SessionRequest & FlashRequest) => {
    const { draft, orders } = mapDraft(request);
    const { status, headers, body, redirect } = await answer({ url: `${request.uri}?${request.queryString}` }, draft);
    const location = redirect === undefined ? {} : { location: redirect };
    return { status, headers: { ...headers, ...location }, body, ...orders() };
  };
  return wrapSession(wrapFlash(handler), options);
}

interface MapDraft {
  readonly draft: ScriptDraft;
  readonly orders: () => SessionResponse & FlashResponse & Response;
}

type Next = NonNullable<SessionResponse["session"]> | null;

function mapDraft(request: SessionRequest & FlashRequest): MapDraft {
  let session: Next = structuredClone(request.session);
  let hasLooked = false;
  let flash: Json | undefined;
  const given = { sessionRecreate: false, sessionCookieAttrs: undefined as CookieAttrs | undefined };
  const draft: ScriptDraft = Object.defineProperties(given, {
    sessionKey: { value: request.sessionKey },
    session: {
      get: () => session,
      set(next: Next) {
        session = next;
      },
    },
    flash: {
      get() {
        hasLooked = true;
        return request.flash;
      },
      set(next: Json | undefined) {
        flash = next;
      },
    },
  }) as typeof given & ScriptDraft;
  const orders = (): ReturnType<MapDraft["orders"]> => ({
    ...given,
    session: isDeepStrictEqual(session, request.session) ? undefined : session,
    flash: flash ?? (hasLooked ? undefined : request.flash),
  });
  return { draft, orders };
}
