/** The panel beside each page: records what cookies, session and store did, and keeps the last few exchanges. */
import { AsyncLocalStorage } from "node:async_hooks";

import {
  cookiesRequest,
  cookiesResponse,
  getHeader,
  setCookie,
  type FlashRequest,
  type Handler,
  type Request,
  type Response,
  type SessionEvent,
  type SessionRequest,
} from "ringlet";

import { wantsHtml } from "../accept.ts";
import type { App, DemoResponse } from "../types.ts";
import { cookiesSent, cookiesSet, shortHash, visitorCookie } from "./cookies.ts";
import { rounded, type Exchange, type Step } from "./exchange.ts";
import { observedStore } from "./observed-store.ts";
import { createVisitors, type Visitor, type Visitors } from "./visitors.ts";

/** The part of a request that `record` adds. */
export interface PanelRequest {
  readonly panel: {
    /** The name of the store. */
    readonly store: string;
    /** The exchanges that led here by redirects, and this one. Empty until the response is complete. */
    readonly exchanges: () => readonly Exchange[];
  };
}

/** The parts of the panel. Each is placed where it can see its share of an exchange. */
export interface Panel {
  /** Makes a store that tells of its calls. */
  readonly observe: typeof observe;
  /** Hears the events of the library. */
  readonly hear: typeof hear;
  /** Middleware next to the pages. Notes the session that they got, and what they returned. */
  readonly watch: typeof watch;
  /** Middleware around everything. Notes the headers, and keeps the exchange. */
  readonly record: (handler: Handler<Request & PanelRequest>) => Handler;
  /** A handler for `/panel.json`: the last exchanges of this visitor, as data. */
  readonly json: (request: Request) => Response | undefined;
}

/** Makes a panel for a store of this name. */
export function createPanel(store: string): Panel {
  const visitors = createVisitors();
  return {
    observe,
    hear,
    watch,
    record: (handler) => async (request) => {
      const known = visitorOf(visitors, request);
      const start = performance.now();
      const steps: Step[] = [];
      let exchanges: readonly Exchange[] = [];
      const panel = { store, exchanges: () => exchanges };
      const response = await running.run(steps, () => handler({ ...request, panel }));
      if (!response) return response;

      const exchange = exchangeOf(request, response, steps, performance.now() - start);
      // curl gets no cookie of the panel, because its user wants to see the other cookies. /panel.json sets it.
      const visitor = known ?? (wantsHtml(request) ? visitors.create() : undefined);
      exchanges = [...leadingTo(exchange, visitor?.exchanges ?? []), exchange];
      visitor?.keep(exchange);
      return known === undefined && visitor !== undefined ? introduced(response, visitor) : response;
    },
    json(request) {
      if (request.method !== "GET" || request.uri !== "/panel.json") return undefined;
      const visitor = visitorOf(visitors, request) ?? visitors.create();
      const body = `${JSON.stringify({ store, exchanges: visitor.exchanges }, null, 2)}\n`;
      return introduced(
        { headers: { "content-type": "application/json", "cache-control": "no-store" }, body },
        visitor,
      );
    },
  };
}

/** The steps of the current request. Events and store calls do not say which request they belong to. */
const running = new AsyncLocalStorage<Step[]>();

function note(step: Step): void {
  running.getStore()?.push(step);
}

function observe(store: Parameters<typeof observedStore>[0]): ReturnType<typeof observedStore> {
  return observedStore(store, note);
}

function hear(event: SessionEvent): void {
  const { type } = event;
  const previous = "previous" in event ? { previous: event.previous } : {};
  note({ step: "event", type, ...previous, ...("key" in event && { key: event.key }) });
}

function watch<Req extends Request & SessionRequest<App> & FlashRequest<string>>(
  handler: Handler<Req, DemoResponse>,
): Handler<Req, DemoResponse> {
  return async (request) => {
    const { session, sessionKey, flash } = request;
    note({ step: "request", key: sessionKey && shortHash(sessionKey), got: { session, flash } });
    const response = await handler(request);
    if (response) note({ step: "response", said: saidOfSession(response) });
    return response;
  };
}

function saidOfSession(response: DemoResponse): Readonly<Record<string, unknown>> {
  const { session, sessionRecreate, sessionCookieAttrs, flash } = response;
  const said = {
    session: typeof session === "function" ? String(session) : session,
    sessionRecreate,
    sessionCookieAttrs,
    flash,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function exchangeOf(request: Request, response: Response, steps: readonly Step[], milliseconds: number): Exchange {
  const location = getHeader(response, "location");
  return {
    method: request.method,
    target: targetOf(request),
    cookies: cookiesSent(request),
    steps,
    status: response.status ?? 200,
    ...(typeof location === "string" && { location }),
    setCookies: cookiesSet(response),
    milliseconds: rounded(milliseconds),
  };
}

function targetOf({ uri, queryString }: Request): string {
  const target = queryString === undefined ? uri : `${uri}?${queryString}`;
  return target.slice(0, 500);
}

/** The redirects that led to an exchange, the first one first. */
function leadingTo(exchange: Exchange, before: readonly Exchange[]): readonly Exchange[] {
  const last = before.at(-1);
  if (last === undefined || last.location !== exchange.target) return [];
  return [...leadingTo(last, before.slice(0, -1)), last];
}

function visitorOf(visitors: Visitors, request: Request): Visitor | undefined {
  return visitors.find(cookiesRequest(request).cookies[visitorCookie]?.value);
}

function introduced(response: Response, { id }: Visitor): Response {
  return cookiesResponse(setCookie(response, visitorCookie, id, { path: "/", httpOnly: true, sameSite: "lax" }));
}
