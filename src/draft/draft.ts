/**
 * The mutable face of a session, for frameworks whose handlers assign to a request instead of answering a map. What the
 * core takes from a response, a draft lets them assign; at the end it says the same to the core.
 *
 * @module
 */

import { flashRequest, flashResponse } from "../flash.ts";
import { andThen } from "../shared/awaitable.ts";
import { applyChanges, changesBetween } from "../data/changes.ts";
import { DRAFT, DRAFT_FACE, draftOn, type DraftRequest, type OpenDraft, type Orders, noOrders } from "./state.ts";
import { readSession } from "../session/read.ts";
import type { SessionConfig } from "../session/options/config.ts";
import { hasSecret, keepSecret } from "../anti-forgery/session-strategy.ts";
import { CHANGES, type OrderPart, refuseReserved } from "../data/order.ts";
import { RESERVED, withoutReserved } from "../data/reserved.ts";
import { type Visit, withVisit } from "../session/visit.ts";
import { configOf, respond } from "../session/session.ts";
import type {
  Awaitable,
  CookieAttrs,
  FlashRequest,
  Headers,
  Json,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "../types.ts";

export { draftOn, type DraftRequest, type OpenDraft };

/** What a framework's request carries: the words of the core, to read and to assign. */
export interface SessionDraft<S extends object = SessionData, F = Json> {
  /**
   * The session, `{}` where there is none. Change it in place, deep down too, or assign: an object is the session from
   * now on, `null` deletes it, a function is applied to the newest stored session when the response goes out.
   */
  get session(): S;
  set session(next: S | null | ((current: Readonly<S>) => Readonly<S> | null));
  /** The key that the store knows it by; undefined where there is no session. */
  readonly sessionKey: string | undefined;
  /** Set to true, it gives the session a new key: after every log-in, against fixation. */
  sessionRecreate: boolean;
  /** Attributes of the session cookie for this response alone, over those of the options. */
  sessionCookieAttrs: CookieAttrs | undefined;
  /** What an earlier response left: reading it uses it up. What is assigned is for a later request, once. */
  get flash(): F | undefined;
  set flash(next: F | null | undefined);
}

/** The drafts that one middleware makes. */
export interface SessionDrafts {
  /** Reads the session of a request. */
  readonly open: (request: DraftRequest) => Awaitable<OpenDraft>;
  /** The draft that it has opened and noted on a request; undefined where there is none. */
  readonly of: (carrier: object) => OpenDraft | undefined;
}

/**
 * Checks options once, when a framework's middleware is built.
 *
 * @throws TypeError where an option is not as it should be; opening and saving reject with a `SessionStoreError` where
 *   the store fails
 */
export function sessionDrafts<S extends object = SessionData>(options: SessionOptions<S> = {}): SessionDrafts {
  const config = configOf("session", options);
  return {
    open: (request) => andThen(readSession(config, request), (visit) => openDraft(config, request, visit)),
    of(carrier) {
      for (let each = draftOn(carrier); each !== undefined; each = each.before) if (each.config === config) return each;
      return undefined;
    },
  };
}

function openDraft(config: SessionConfig, request: DraftRequest, visit: Visit): OpenDraft {
  return { config, request, visit, orders: noOrders(), before: undefined, closed: false, write: undefined };
}

/** The words of a draft, on an object of their own. */
export function draftOf<S extends object, F>(opened: OpenDraft): SessionDraft<S, F> {
  return carryDraft(Object.create(FACE) as SessionDraft<S, F>, opened);
}

/** Notes a draft on a request, where `draftOn` finds it. Not enumerable: who logs a request must not log its session. */
export function carryDraft<Carrier extends object>(carrier: Carrier, opened: OpenDraft): Carrier {
  opened.before ??= draftOn(carrier);
  return Object.defineProperty(carrier, DRAFT, { value: opened, configurable: true });
}

/** Gives a framework's request the words of a draft, to read and to assign. */
export function showDraft(target: object, opened: OpenDraft): void {
  carryDraft(target, opened);
  for (const [name, accessor] of DRAFT_ACCESSORS) Object.defineProperty(target, name, accessor);
}

/** The accessors of all words. Not enumerable: whoever copies the request must not use up the flash. */
export const DRAFT_ACCESSORS: readonly (readonly [name: string, accessor: PropertyDescriptor])[] = Object.entries(
  Object.getOwnPropertyDescriptors(DRAFT_FACE),
).map(([name, each]) => [name, { ...each, enumerable: false }]);

/** The same accessors on an object: the prototype of drafts that stand on their own. */
const FACE: object = Object.defineProperties({}, Object.fromEntries(ACCESSORS));

/** The words of a draft. */
export const DRAFT_PROPERTIES: readonly string[] = Object.keys(DRAFT_FACE);

/** Forgets what a draft says: the handler failed. */
export function discardDraft(opened: OpenDraft): void {
  opened.closed = true;
}

/** Forgets what a draft says so far, and that its flash was read: the handler failed, and another one takes over. */
export function resetDraft(opened: OpenDraft): void {
  opened.orders = noOrders();
}

/** The request as it was read, with all that is in the session but the flash. */
export function requestWithFlash({ request, visit }: OpenDraft): RequestWithFlash {
  return flashRequest<DraftRequest & SessionRequest, unknown>(withVisit(request, visit));
}

type RequestWithFlash = DraftRequest & SessionRequest & FlashRequest<unknown>;

/**
 * Does to the session what a draft says, once: later calls change nothing and return undefined. Returns the headers
 * to add to the response: `set-cookie`, and with it `cache-control` and `vary`.
 */
export function saveDraft(opened: OpenDraft): Awaitable<Headers | undefined> {
  if (opened.closed) return undefined;
  opened.closed = true;
  const { config, request, visit } = opened;
  return andThen(responseOf(opened), (response) => andThen(respond(config, response, visit, request), headersOf));
}

type DraftResponse = Response & Omit<SessionResponse, "session"> & OrderPart;

const NO_HEADERS: Response = { headers: {} };

function headersOf(response: Response | null | undefined): Headers | undefined {
  return response?.headers;
}

/** What a draft says, as a handler under all middleware would have said it. */
function responseOf(opened: OpenDraft): Awaitable<Response> {
  const { visit, orders, write } = opened;
  const order = orderOf(visit.session, orders);
  // Most handlers look, at most.
  if (write === undefined && order.session === undefined && asksForDataOnly(orders)) return NO_HEADERS;
  const sessionRecreate = orders.recreate || (orders.deleted && order.session !== null);
  const response: DraftResponse = { ...order, headers: {}, sessionRecreate, sessionCookieAttrs: orders.cookieAttrs };
  // Most others change data of their own. Where the changes are known, what is ours in the session stays by itself.
  if (write === undefined && order[CHANGES] !== undefined && asksForDataOnly(orders)) return response;
  const seen = requestWithFlash(opened);
  const keepsSecret = write === undefined && hasSecret(seen);
  const written = keepsSecret ? keepSecret(seen, response, undefined) : (write?.(response as never) ?? response);
  return andThen(written as Awaitable<DraftResponse>, (final) => withFlash(seen, orders, final));
}

/** Whether a handler has asked for nothing but changes to its data. */
function asksForDataOnly({ recreate, deleted, cookieAttrs, flashShown, flash }: Orders): boolean {
  return !recreate && !deleted && cookieAttrs === undefined && !flashShown && flash === undefined;
}

/** What a handler wants done to the session, as a response says it. */
function orderOf(read: SessionData, { working, assigned, update, deleted }: Orders): OrderPart {
  if (deleted) return { session: working === undefined || Object.keys(working).length === 0 ? null : working };
  if (working === undefined) return { session: update };
  for (const name of RESERVED) refuseReserved(working, name);
  const changes = changesBetween(withoutReserved(read), working);
  // Changed in place before a function was assigned: both count.
  if (update !== undefined) return { session: (current) => update(applyChanges(current, changes)) };
  // Looking alone makes no session.
  const session = assigned || changes.size > 0 ? working : undefined;
  return { session, [CHANGES]: { session, changes } };
}

function withFlash(seen: RequestWithFlash, { flash, flashShown }: Orders, response: DraftResponse): Response {
  const { session } = response;
  // A flash that nobody has looked at stays where it is, also in a session that was assigned whole.
  const keptFlash = !flashShown && typeof session === "object" && session !== null ? seen.flash : undefined;
  const flashed = { ...response, flash: flash ?? keptFlash };
  return flashResponse<typeof flashed, unknown>(
    flashed,
    flashShown || keptFlash !== undefined ? seen : { ...seen, flash: undefined },
  );
}
