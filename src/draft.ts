/**
 * The mutable face of a session, for frameworks whose handlers assign to a request instead of answering a map. What the
 * core takes from a response, a draft lets them assign; at the end it says the same to the core.
 *
 * @module
 */

import { flashRequest, flashResponse } from "./flash.ts";
import { andThen } from "./internal/awaitable.ts";
import { applyChanges, changesBetween } from "./internal/changes.ts";
import { copyOf } from "./internal/copy.ts";
import { hasToken, hideToken, keepToken } from "./internal/session-token.ts";
import { configOf, sessionRequest, sessionResponse } from "./session.ts";
import type {
  Awaitable,
  CookieAttrs,
  FlashRequest,
  Headers,
  Json,
  Request,
  Response,
  SessionData,
  SessionOptions,
  SessionRequest,
  SessionResponse,
} from "./types.ts";

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

/** A draft, and the end of it. */
export interface OpenDraft<S extends object = SessionData, F = Json> {
  readonly draft: SessionDraft<S, F>;
  /**
   * Does to the session what the draft says, once: later calls change nothing and answer undefined. Answers the headers
   * to add to the response: `set-cookie`, and with it `cache-control` and `vary`.
   */
  readonly save: () => Awaitable<Headers | undefined>;
  /** Forgets what the draft says: the handler failed. */
  readonly discard: () => void;
  /** Forgets what the draft says so far, and that its flash was read: the handler failed, and another one takes over. */
  readonly reset: () => void;
  /** The request as it was read, with all that is in the session but the flash. */
  readonly read: DraftRequest & SessionRequest<S>;
  /** What is to be done to the answer, in the place of keeping the session's token as it is. */
  readonly guard: (write: WriteAnswer) => void;
}

/** From what a draft says, as a response, to what is done. */
export type WriteAnswer = (response: Response & SessionResponse<never>) => Awaitable<Response & SessionResponse<never>>;

/** What of a request a draft needs. */
export type DraftRequest = Pick<Request, "method" | "uri" | "headers" | "scheme">;

/**
 * Checks options once, when a framework's middleware is built; answers what makes the draft of each request.
 *
 * @throws TypeError where an option is not as it should be; opening and saving reject with a `SessionStoreError` where
 *   the store fails
 */
export function sessionDrafts<S extends object = SessionData, F = Json>(
  options: SessionOptions<S> = {},
): (request: DraftRequest) => Awaitable<OpenDraft<S, F>> {
  configOf("session", options);
  return (request) =>
    andThen(sessionRequest<DraftRequest & Request, S>(request, options), (read) => openDraft<S, F>(read, options));
}

type Update<S> = (current: Readonly<S>) => Readonly<S> | null;
type Read<S extends object> = DraftRequest & SessionRequest<S>;

/** What the handler has asked for so far. */
interface Orders<S extends object, F> {
  /** The session as the handler sees and changes it, once it has looked. */
  working: S | undefined;
  /** Whether that is an object it has assigned. */
  assigned: boolean;
  /** What it has assigned in place of an object. */
  update: Update<S> | undefined;
  /** Whether it has deleted the session; `working` is then the one that follows, if any. */
  deleted: boolean;
  recreate: boolean;
  cookieAttrs: CookieAttrs | undefined;
  flashShown: boolean;
  flash: F | null | undefined;
}

/** Of a handler that has asked for nothing. */
function silence<S extends object, F>(): Orders<S, F> {
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

function isSilent<S extends object>({
  working,
  update,
  deleted,
  recreate,
  cookieAttrs,
  flashShown,
  flash,
}: Orders<S, unknown>): boolean {
  const saysNothing = working === undefined && update === undefined && !deleted && flash === undefined;
  return saysNothing && !recreate && !flashShown && cookieAttrs === undefined;
}

function openDraft<S extends object, F>(read: Read<S>, options: SessionOptions<S>): OpenDraft<S, F> {
  const unflashed = flashRequest<Read<S>, F>(read);
  const seen = hideToken(unflashed);
  const orders = silence<S, F>();
  const keptToken: WriteAnswer = (response) =>
    hasToken(read) ? keepToken(read, response as never, undefined) : response;
  let over = false;
  let write: WriteAnswer | undefined;
  return {
    draft: face(seen, orders),
    discard: () => void (over = true),
    reset: () => void Object.assign(orders, silence<S, F>()),
    read: unflashed,
    guard: (next) => void (write = next),
    save() {
      if (over) return undefined;
      over = true;
      // Most requests say nothing, and need not be asked word by word.
      if (write === undefined && isSilent(orders)) {
        return andThen(sessionResponse(NOTHING, read, options), ({ headers }) => headers);
      }
      const said = answer(seen, orders) as never;
      const written = (write ?? keptToken)(said) as Awaitable<Answer<S>>;
      return andThen(written, (response) =>
        andThen(sessionResponse(withFlash(unflashed, orders, response), read, options), ({ headers }) => headers),
      );
    },
  };
}

type Answer<S extends object> = Response & SessionResponse<S>;

const NOTHING: Response = { headers: {} };

/** What the words of a draft are about: on the draft itself, and on whatever shows it. */
interface Shown<S extends object = SessionData, F = unknown> {
  readonly [STATE]: { readonly seen: Read<S> & FlashRequest<F>; readonly orders: Orders<S, F> };
}

const STATE: unique symbol = Symbol("ringlet.draft");

/** Made once: accessors of its own for each request would cost more than reading its session. */
const FACE = {
  get session(): object {
    const { seen, orders } = stateOf(this);
    return (orders.working ??= orders.deleted ? {} : (copyOf(seen.session) as SessionData));
  },
  set session(next: SessionData | null | Update<SessionData>) {
    const { orders } = stateOf(this);
    if (typeof next === "function") orders.update = next;
    else assign(orders, next);
  },
  get sessionKey(): string | undefined {
    return stateOf(this).seen.sessionKey;
  },
  get sessionRecreate(): boolean {
    return stateOf(this).orders.recreate;
  },
  set sessionRecreate(recreate: boolean) {
    stateOf(this).orders.recreate = recreate;
  },
  get sessionCookieAttrs(): CookieAttrs | undefined {
    return stateOf(this).orders.cookieAttrs;
  },
  set sessionCookieAttrs(attrs: CookieAttrs | undefined) {
    stateOf(this).orders.cookieAttrs = attrs;
  },
  get flash(): unknown {
    const { seen, orders } = stateOf(this);
    orders.flashShown = true;
    return seen.flash;
  },
  set flash(next: unknown) {
    stateOf(this).orders.flash = next;
  },
};

function stateOf(shown: object): Shown[typeof STATE] {
  return (shown as Shown)[STATE];
}

function face<S extends object, F>(seen: Read<S> & FlashRequest<F>, orders: Orders<S, F>): SessionDraft<S, F> {
  return Object.assign(Object.create(FACE), { [STATE]: { seen, orders } }) as SessionDraft<S, F> & Shown<S, F>;
}

/** Not enumerable: whoever copies the request must not use up the flash. */
const ACCESSORS = Object.fromEntries(
  Object.entries(Object.getOwnPropertyDescriptors(FACE)).map(([word, each]) => [word, { ...each, enumerable: false }]),
);

/** Gives a framework's request the words of a draft, to read and to assign. */
export function showDraft(target: object, draft: object): void {
  Object.defineProperty(target, STATE, { value: stateOf(draft), configurable: true });
  Object.defineProperties(target, ACCESSORS);
}

/** The words of a draft. */
export const DRAFT_WORDS: readonly string[] = Object.keys(FACE);

function assign<S extends object>(orders: Orders<S, unknown>, next: S | null): void {
  orders.working = next ?? undefined;
  orders.assigned = next !== null;
  orders.deleted = next === null;
  orders.update = undefined;
}

/** What the handler has asked for, as a response says it, but for the flash. */
function answer<S extends object>(seen: Read<S>, orders: Orders<S, unknown>): Answer<S> {
  const { cookieAttrs, recreate, deleted } = orders;
  const session = wanted(seen, orders);
  return {
    headers: {},
    session,
    sessionRecreate: recreate || (deleted && session !== null),
    sessionCookieAttrs: cookieAttrs,
  };
}

function withFlash<S extends object, F>(
  seen: Read<S> & FlashRequest<F>,
  { flash, flashShown }: Orders<S, F>,
  response: Answer<S>,
): Answer<S> {
  const { session } = response;
  // A flash that nobody has looked at stays where it is, also in a session that was assigned whole.
  const left = !flashShown && typeof session === "object" && session !== null ? seen.flash : undefined;
  const flashed = { ...response, flash: flash ?? left };
  return flashResponse<typeof flashed, F, S>(flashed, flashShown ? seen : { ...seen, flash: undefined });
}

function wanted<S extends object>(
  { session }: { readonly session: Readonly<S> },
  { working, assigned, update, deleted }: Orders<S, unknown>,
): S | null | Update<S> | undefined {
  if (deleted) return working === undefined || Object.keys(working).length === 0 ? null : working;
  if (working === undefined) return update;
  const changes = changesBetween(session, working as SessionData);
  // Changed in place before a function was assigned: both count.
  if (update !== undefined) return (current) => update(applyChanges(current, changes) as S);
  // Looking alone makes no session.
  return assigned || changes.size > 0 ? working : undefined;
}
