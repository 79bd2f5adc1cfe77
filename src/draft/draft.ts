/**
 * Draft of a session: an object that handlers change, for frameworks whose handlers assign to a request and return no
 * map. It has a property for each order that the core takes from a response. At the end the draft becomes such a
 * response.
 *
 * @module
 */

import { flashRequest, flashResponse } from "../flash.ts";
import { andThen } from "../shared/awaitable.ts";
import { isPlainObject } from "../shared/values.ts";
import { applyChanges, changesBetween } from "../data/changes.ts";
import { DRAFT, DRAFT_FACE, draftOn, type DraftRequest, type OpenDraft, type Orders, noOrders } from "./state.ts";
import { readSession } from "../session/read.ts";
import type { SessionConfig } from "../session/options/config.ts";
import { hasSecret, keepSecret } from "../anti-forgery/session-strategy.ts";
import { CHANGES, type OrderPart, refuseReserved, type SessionUpdate, throughReserved } from "../data/order.ts";
import { RESERVED, SECRET, withoutReserved } from "../data/reserved.ts";
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

/** The properties of a session on a framework's request, to read and to assign. */
export interface SessionDraft<S extends object = SessionData, F = Json> {
  /**
   * The session, `{}` if there is none. Change it in place, at any depth, or assign to it. An object is the session
   * from now on. `null` deletes it. A function runs when the response is sent, after all changes in place, on the newest
   * stored session; after `null`, on `{}`. The last function counts, and until then `session` reads as before.
   */
  get session(): S;
  set session(next: S | null | ((current: Readonly<S>) => Readonly<S> | null));
  /** The key that the request came with; undefined if there was no session. */
  readonly sessionKey: string | undefined;
  /** Set it to true to give the session a new key. Do so after every log-in, against session fixation. */
  sessionRecreate: boolean;
  /** Attributes of the session cookie for this response alone. They are merged over those of the options. */
  sessionCookieAttrs: CookieAttrs | undefined;
  /** The flash of an earlier response; reading it uses it up. An assigned flash is for a later request, once. */
  get flash(): F | undefined;
  set flash(next: F | null | undefined);
}

/** The drafts of one middleware. */
export interface SessionDrafts {
  /** Reads the session of a request, and returns its draft. */
  readonly open: (request: DraftRequest) => Awaitable<OpenDraft>;
  /** Returns the draft that this middleware has put on a request, or undefined if there is none. */
  readonly of: (carrier: object) => OpenDraft | undefined;
}

/**
 * Checks options once, when a framework's middleware is built.
 *
 * @throws TypeError if an option is invalid. Opening and saving reject with a `SessionStoreError` if the store fails.
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

/** Returns the properties of a draft, on an object of their own. */
export function draftOf<S extends object, F>(opened: OpenDraft): SessionDraft<S, F> {
  return carryDraft(Object.create(FACE) as SessionDraft<S, F>, opened);
}

/** Puts a draft on a request, where `draftOn` finds it. It is not enumerable: a log of the request must not show it. */
export function carryDraft<Carrier extends object>(carrier: Carrier, opened: OpenDraft): Carrier {
  opened.before ??= draftOn(carrier);
  return Object.defineProperty(carrier, DRAFT, { value: opened, configurable: true });
}

/** Gives a framework's request the properties of a draft, to read and to assign. */
export function showDraft(target: object, opened: OpenDraft): void {
  carryDraft(target, opened);
  for (const [name, accessor] of DRAFT_ACCESSORS) Object.defineProperty(target, name, accessor);
}

/**
 * The accessors of all properties of a draft. They are not enumerable: a copy of the request must not use up the flash.
 */
export const DRAFT_ACCESSORS: readonly (readonly [name: string, accessor: PropertyDescriptor])[] = Object.entries(
  Object.getOwnPropertyDescriptors(DRAFT_FACE),
).map(([name, each]) => [name, { ...each, enumerable: false }]);

/** Prototype of drafts that stand on their own: the same accessors on an object. */
const FACE: object = Object.defineProperties({}, Object.fromEntries(DRAFT_ACCESSORS));

/** The names of the properties of a draft. */
export const DRAFT_PROPERTIES: readonly string[] = Object.keys(DRAFT_FACE);

/** Closes a draft without saving it, because the handler failed. */
export function discardDraft(opened: OpenDraft): void {
  opened.closed = true;
}

/** Forgets the orders of a draft, and that its flash was read. The handler failed, and another handler takes over. */
export function resetDraft(opened: OpenDraft): void {
  opened.orders = noOrders();
}

/** Returns the session of a draft as it was read: the application's data alone, frozen. */
export function sessionOf({ visit }: OpenDraft): SessionData {
  return Object.freeze(withoutReserved(visit.session));
}

/**
 * Returns the request as it was read. Its session is complete but for the flash, which is a property of the request.
 */
export function requestWithFlash({ request, visit }: OpenDraft): RequestWithFlash {
  return flashRequest<DraftRequest & SessionRequest, unknown>(withVisit(request, visit));
}

type RequestWithFlash = DraftRequest & SessionRequest & FlashRequest<unknown>;

/**
 * Saves a draft: changes the session as the draft says. It does so once; later calls change nothing and return
 * undefined. Returns the headers to add to the response: `set-cookie`, and with it `cache-control` and `vary`.
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

/** Returns a draft as a response, as a handler inside all middleware would have returned it. */
function responseOf(opened: OpenDraft): Awaitable<Response> {
  const { visit, orders, write } = opened;
  const order = orderOf(visit.session, orders);
  // Most handlers only look at the session, if at all.
  if (write === undefined && order.session === undefined && asksForDataOnly(orders)) return NO_HEADERS;
  const sessionRecreate = orders.recreate || (orders.deleted && order.session !== null);
  const response: DraftResponse = { ...order, headers: {}, sessionRecreate, sessionCookieAttrs: orders.cookieAttrs };
  // Most others change their own data only. Known changes touch no reserved name, so flash and secret stay.
  if (write === undefined && order[CHANGES] !== undefined && asksForDataOnly(orders)) return response;
  const seen = requestWithFlash(opened);
  const keepsSecret = write === undefined && hasSecret(seen);
  const written = keepsSecret
    ? keepSecret(seen, response, undefined)
    : (write?.(frozen(response) as never) ?? response);
  return andThen(written as Awaitable<DraftResponse>, (final) => withFlash(seen, orders, final));
}

/**
 * Returns a response whose session is frozen, for a strategy. The changes are known already, so one that a strategy made in
 * place would be lost.
 */
function frozen({ session, ...response }: DraftResponse): DraftResponse {
  if (!isPlainObject(session)) return { ...response, session };
  const copy = Object.freeze({ ...session });
  const known = response[CHANGES];
  return { ...response, session: copy, [CHANGES]: known && { ...known, session: copy } };
}

/** Whether a handler has ordered nothing but changes to its data. */
function asksForDataOnly({ recreate, deleted, cookieAttrs, flashShown, flash }: Orders): boolean {
  return !recreate && !deleted && cookieAttrs === undefined && !flashShown && flash === undefined;
}

/** The order of a handler that has only looked at the session. */
const UNCHANGED: OrderPart = { session: undefined, [CHANGES]: { session: undefined, changes: new Map() } };

/** Returns the order of a handler about the session, as a response says it. */
function orderOf(read: SessionData, { working, assigned, update, deleted }: Orders): OrderPart {
  for (const name of RESERVED) refuseReserved(working, name);
  // After a deletion another session begins, made from `{}` by a function or a change in place.
  if (deleted && update !== undefined) return { session: throughSecret(() => update(working ?? {})) };
  if (deleted) return { session: working === undefined || Object.keys(working).length === 0 ? null : working };
  if (working === undefined) return { session: update && throughSecret(update) };
  const changes = changesBetween(withoutReserved(read), working);
  // Changes in place and a function both count. The function runs last.
  if (update !== undefined) return { session: throughSecret((current) => update(applyChanges(current, changes))) };
  // A handler that only looks makes no session.
  if (!assigned && changes.size === 0) return UNCHANGED;
  return { session: working, [CHANGES]: { session: working, changes } };
}

/** Hides the secret of the newest session from the application's function, and keeps it. */
function throughSecret(update: SessionUpdate): SessionUpdate {
  return throughReserved(update, SECRET, ({ [SECRET]: secret }) => secret);
}

function withFlash(seen: RequestWithFlash, { flash, flashShown }: Orders, response: DraftResponse): Response {
  const { session } = response;
  // A flash that nobody has read stays in the session, also in one that was assigned as a whole.
  const keptFlash = !flashShown && typeof session === "object" && session !== null ? seen.flash : undefined;
  const flashed = { ...response, flash: flash ?? keptFlash };
  return flashResponse<typeof flashed, unknown>(
    flashed,
    flashShown || flashed.flash !== undefined ? seen : { ...seen, flash: undefined },
  );
}
