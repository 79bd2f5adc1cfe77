import type { Awaitable, CookieAttrs, Request, Response, SessionData, SessionResponse } from "../types.ts";
import { copyOf } from "../data/copy.ts";
import type { SessionConfig } from "../session/options/config.ts";
import type { SessionUpdate } from "../data/order.ts";
import { FLASH, withoutReserved } from "../data/reserved.ts";
import type { Visit } from "../session/visit.ts";

/** Name of the latest draft on a framework's request. That draft leads to the ones before it. */
export const DRAFT: unique symbol = Symbol.for("ringlet.draft");

/** The parts of a request that a draft needs. */
export type DraftRequest = Pick<Request, "method" | "uri" | "headers" | "scheme">;

/** Function from the response of a draft to the response that is saved. */
export type WriteResponse = (
  response: Response & SessionResponse<never>,
) => Awaitable<Response & SessionResponse<never>>;

/** The draft of one request: its visit, and the orders of its handler so far. */
export interface OpenDraft {
  readonly config: SessionConfig;
  readonly request: DraftRequest;
  readonly visit: Visit;
  orders: Orders;
  /** The draft of another session that was put on the request before this one. */
  before: OpenDraft | undefined;
  /** Whether it has been saved, or must not be saved any more. */
  closed: boolean;
  /** Changes the response before it is saved. Default: the session keeps its anti-forgery secret. */
  write: WriteResponse | undefined;
}

/** The orders of a handler. */
export interface Orders {
  /** The session that the handler sees and changes; undefined until it looks. */
  working: SessionData | undefined;
  /** Whether `working` is an object that the handler has assigned. */
  assigned: boolean;
  /** The function that the handler has assigned. */
  update: SessionUpdate | undefined;
  /** Whether the handler has deleted the session. `working` is then the session that follows, if any. */
  deleted: boolean;
  recreate: boolean;
  cookieAttrs: CookieAttrs | undefined;
  flashShown: boolean;
  flash: unknown;
}

/** Returns the orders of a handler that has ordered nothing. */
export function noOrders(): Orders {
  return {
    working: undefined,
    assigned: false,
    update: undefined,
    deleted: false,
    recreate: false,
    cookieAttrs: undefined,
    flashShown: false,
    flash: undefined,
  };
}

/** Returns the latest draft on a request, or on another object that carries one. */
export function draftOn(carrier: object): OpenDraft | undefined {
  return (carrier as Partial<Carrier>)[DRAFT];
}

/** The properties of a draft, to read and to assign: on a request, or on an object of their own. */
export const DRAFT_FACE: object & ThisType<Carrier> = {
  get session(): object {
    const { orders, visit } = this[DRAFT];
    return (orders.working ??= orders.deleted ? {} : (copyOf(withoutReserved(visit.session)) as SessionData));
  },
  set session(next: SessionData | null | SessionUpdate) {
    const { orders } = this[DRAFT];
    if (typeof next === "function") orders.update = next;
    else assign(orders, next);
  },
  get sessionKey(): string | undefined {
    return this[DRAFT].visit.key;
  },
  get sessionRecreate(): boolean {
    return this[DRAFT].orders.recreate;
  },
  set sessionRecreate(recreate: boolean) {
    this[DRAFT].orders.recreate = recreate;
  },
  get sessionCookieAttrs(): CookieAttrs | undefined {
    return this[DRAFT].orders.cookieAttrs;
  },
  set sessionCookieAttrs(attrs: CookieAttrs | undefined) {
    this[DRAFT].orders.cookieAttrs = attrs;
  },
  get flash(): unknown {
    const { orders, visit } = this[DRAFT];
    orders.flashShown = true;
    return flashIn(visit.session);
  },
  set flash(next: unknown) {
    this[DRAFT].orders.flash = next;
  },
};

/** Returns the flash that an earlier response has left in a session. */
function flashIn(session: SessionData): unknown {
  return Object.hasOwn(session, FLASH) ? session[FLASH] : undefined;
}

interface Carrier {
  readonly [DRAFT]: OpenDraft;
}

function assign(orders: Orders, next: SessionData | null): void {
  orders.working = next ?? undefined;
  orders.assigned = next !== null;
  orders.deleted = next === null;
  orders.update = undefined;
}
