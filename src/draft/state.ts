import type { Awaitable, CookieAttrs, Request, Response, SessionData, SessionResponse } from "../types.ts";
import { copyOf } from "../data/copy.ts";
import type { SessionConfig } from "../session/options/config.ts";
import type { SessionUpdate } from "../data/order.ts";
import { FLASH, withoutReserved } from "../data/reserved.ts";
import type { Visit } from "../session/visit.ts";

/** On a framework's request: the drafts of its sessions, the latest first. */
export const DRAFT: unique symbol = Symbol.for("ringlet.draft");

/** What of a request a draft needs. */
export type DraftRequest = Pick<Request, "method" | "uri" | "headers" | "scheme">;

/** From what a draft says, as a response, to what is done. */
export type WriteResponse = (
  response: Response & SessionResponse<never>,
) => Awaitable<Response & SessionResponse<never>>;

/** The draft of one request: what was read for it, and what its handler has asked for so far. */
export interface OpenDraft {
  readonly config: SessionConfig;
  readonly request: DraftRequest;
  readonly visit: Visit;
  orders: Orders;
  /** The draft of another session that the request had before. */
  before: OpenDraft | undefined;
  /** Whether it has been saved, or is not to be. */
  closed: boolean;
  /** What is to be done to the answer, in the place of keeping the session's token as it is. */
  write: WriteResponse | undefined;
}

/** What a handler has asked for. */
export interface Orders {
  /** The session as the handler sees and changes it, once it has looked. */
  working: SessionData | undefined;
  /** Whether that is an object it has assigned. */
  assigned: boolean;
  /** What it has assigned in place of an object. */
  update: SessionUpdate | undefined;
  /** Whether it has deleted the session; `working` is then the one that follows, if any. */
  deleted: boolean;
  recreate: boolean;
  cookieAttrs: CookieAttrs | undefined;
  flashShown: boolean;
  flash: unknown;
}

/** Of a handler that has asked for nothing. */
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

/** The latest draft on a request, or on whatever else shows one. */
export function draftOn(carrier: object): OpenDraft | undefined {
  return (carrier as Partial<Carrier>)[DRAFT];
}

/** The words of a draft: what is read and assigned on a request, or on an object of its own. */
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

/** The flash that an earlier response has left in a session. */
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
