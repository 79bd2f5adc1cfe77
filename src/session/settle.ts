import type { Awaitable, SessionData } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { type Changes, changesBetween } from "../data/changes.ts";
import { equal } from "../data/equal.ts";
import type { SessionOrder } from "../data/order.ts";
import { createdOrNow, createdNow, isOver } from "./options/lifetime.ts";
import { type NextOrder, type NextSession, nextSession } from "./next.ts";
import { recreate } from "./recreate.ts";
import type { SessionConfig } from "./options/config.ts";
import { enforceLimit } from "./limit.ts";
import { dropped, forgotten } from "./outcome.ts";
import type { CookieChange } from "./options/cookie.ts";
import { drop, renew, update, write } from "./store-operations.ts";
import type { Visit } from "./visit.ts";

/** What a response asks for, checked. */
export interface Change {
  readonly order: SessionOrder;
  /** The changes that lead from what was read to that, where they are known already. */
  readonly changes: Changes | undefined;
  readonly recreated: boolean;
  /** No log-in: the session goes on under its new key, and where it is gone it stays gone. */
  readonly renewal: boolean;
  /** The cookie is sent again whatever becomes of the session: it has attributes of its own. */
  readonly resend: boolean;
}

/** Finds the row of the table, and does what it says. */
export function settle(config: SessionConfig, visit: Visit, change: Change): Awaitable<CookieChange> {
  const { key } = visit;
  const { order } = change;
  if (order === null) return remove(config, visit);
  if (key === undefined) return order === undefined ? undefined : create(config, visit, order);
  if (change.recreated) return recreate(config, visit, key, { ...change, order });
  const changes = typeof order === "object" ? (change.changes ?? changesBetween(visit.session, order)) : undefined;
  if (order === undefined || changes?.size === 0) return unchanged(config, visit, key, change);
  return replace(config, visit, key, change, { order, changes });
}

function unchanged(config: SessionConfig, visit: Visit, key: string, change: Change): Awaitable<CookieChange> {
  // A session from before there was an absolute limit gets its beginning on the first request that shows it.
  const isUndated = config.absolute !== undefined && visit.created === undefined;
  if (isUndated) return replace(config, visit, key, change, { order: undefined });
  return goesOn(config, visit, key, change);
}

function goesOn(config: SessionConfig, visit: Visit, key: string, change: Change): Awaitable<CookieChange> {
  return andThen(renew(config, key, visit), (renewed) => {
    if (renewed !== undefined) config.events.emit("renewed", renewed);
    return renewed ?? (change.resend ? key : undefined);
  });
}

function create(config: SessionConfig, visit: Visit, order: NextOrder): Awaitable<CookieChange> {
  const session = nextSession(config, visit, { order, current: undefined, created: createdNow(config), fresh: true });
  if (session === null) return remove(config, visit);
  return andThen(write(config, undefined, session), (key) => {
    config.events.emit("created", key);
    return andThen(enforceLimit(config, key, session, undefined), () => key);
  });
}

/** The row of `null`. */
function remove(config: SessionConfig, visit: Visit): Awaitable<CookieChange> {
  const { key } = visit;
  if (key === undefined) return visit.cookieSent ? null : undefined;
  return andThen(drop(config, key, visit.stored), (left) => {
    config.events.emit("deleted", key);
    if (typeof left !== "string" || left === "") return null;
    return left === key ? undefined : left;
  });
}

function replace(
  config: SessionConfig,
  visit: Visit,
  key: string,
  change: Change,
  { order, changes }: Pick<NextSession, "order" | "changes">,
): Awaitable<CookieChange> {
  if (isOver(config, visit.created)) return dropped(config, key);
  const next = (current: SessionData): SessionData | null =>
    nextSession(config, visit, { order, changes, current, created: createdOrNow(config, current), fresh: false });
  if (config.store.updateSession === undefined) return overwrite(config, visit, key, change, next);
  let last: SessionData | null | undefined;
  let merged = false;
  const answer = update(config, key, visit, (current) => {
    merged = config.events.heard() && visit.stored !== undefined && !equal(current, visit.stored);
    return (last = next(current));
  });
  return andThen(answer, (stored) => {
    if (last === null) return forgotten(config, key);
    if (stored === undefined) return dropped(config, key);
    config.events.emit(merged ? "conflict-merged" : "updated", stored);
    return written(config, visit, change, stored, last);
  });
}

/** What a store with Ring's three functions can do: write over what was read. */
function overwrite(
  config: SessionConfig,
  visit: Visit,
  key: string,
  change: Change,
  next: (current: SessionData) => SessionData | null,
): Awaitable<CookieChange> {
  const session = next(visit.stored ?? visit.session);
  if (session === null) return remove(config, visit);
  return andThen(write(config, key, session), (stored) => {
    config.events.emit("updated", stored);
    return written(config, visit, change, stored, session);
  });
}

/** What is left to do for a session that was changed: it is under `stored` now. */
function written(
  config: SessionConfig,
  visit: Visit,
  change: Change,
  stored: string,
  session: SessionData | undefined,
): Awaitable<CookieChange> {
  const limited = session && enforceLimit(config, stored, session, visit.stored);
  return andThen(limited, () => (stored === visit.key ? goesOn(config, visit, stored, change) : stored));
}
