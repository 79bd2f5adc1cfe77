import type { Awaitable, SessionData } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { type Changes, changesBetween } from "../data/changes.ts";
import { equal } from "../data/equal.ts";
import type { SessionOrder } from "../data/order.ts";
import { createdOrNow, createdNow, isOver } from "./options/timeout.ts";
import { type NextOrder, type NextParts, nextSession } from "./next.ts";
import { recreate } from "./recreate.ts";
import type { SessionConfig } from "./options/config.ts";
import { enforceLimit } from "./max-sessions.ts";
import { remove, reportDeleted, reportDropped } from "./log-out.ts";
import type { CookieChange } from "./options/cookie.ts";
import { refreshedKey, update, write } from "./store-operations.ts";
import type { Visit } from "./visit.ts";

/** The orders of a response about the session, checked. */
export interface CheckedOrders {
  readonly order: SessionOrder;
  /** The changes that lead from the session that was read to `order`, if they are known already. */
  readonly changes: Changes | undefined;
  readonly recreate: boolean;
  /** Whether a new key is for a log-in that goes on. If that session is gone, none is made. */
  readonly renewal: boolean;
  /** Whether the cookie is sent again in any case, because the response has attributes for it. */
  readonly resend: boolean;
}

/** Finds the row of the table in `session.ts`, and does what it says. */
export function settle(config: SessionConfig, visit: Visit, orders: CheckedOrders): Awaitable<CookieChange> {
  const { key } = visit;
  const { order } = orders;
  if (order === null) return remove(config, visit);
  if (key === undefined) return order === undefined ? undefined : create(config, visit, order);
  if (orders.recreate) return recreate(config, visit, key, { ...orders, order });
  const changes = typeof order === "object" ? (orders.changes ?? changesBetween(visit.session, order)) : undefined;
  if (order === undefined || changes?.size === 0) return unchanged(config, visit, key, orders);
  return replace(config, visit, key, orders, { order, changes });
}

function unchanged(config: SessionConfig, visit: Visit, key: string, orders: CheckedOrders): Awaitable<CookieChange> {
  // If the session has no start time, it was stored before there was an absolute limit. Its clock starts now.
  const isUndated = config.absolute !== undefined && visit.created === undefined;
  if (isUndated) return replace(config, visit, key, orders, { order: undefined });
  return refreshCookie(config, visit, key, orders);
}

function refreshCookie(
  config: SessionConfig,
  visit: Visit,
  key: string,
  orders: CheckedOrders,
): Awaitable<CookieChange> {
  return andThen(refreshedKey(config, key, visit), (refreshed) => {
    if (refreshed !== undefined) config.events.emit("renewed", refreshed);
    return refreshed ?? (orders.resend ? key : undefined);
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

function replace(
  config: SessionConfig,
  visit: Visit,
  key: string,
  orders: CheckedOrders,
  { order, changes }: Pick<NextParts, "order" | "changes">,
): Awaitable<CookieChange> {
  if (isOver(config, visit.created)) return reportDropped(config, key);
  const next = (current: SessionData): SessionData | null =>
    nextSession(config, visit, { order, changes, current, created: createdOrNow(config, current), fresh: false });
  if (config.store.updateSession === undefined) return overwrite(config, visit, key, orders, next);
  let result: SessionData | null | undefined;
  let merged = false;
  const answer = update(config, key, visit, (current) => {
    merged = config.events.heard() && visit.stored !== undefined && !equal(current, visit.stored);
    return (result = next(current));
  });
  return andThen(answer, (storedKey) => {
    if (result === null) return reportDeleted(config, key);
    if (storedKey === undefined) return reportDropped(config, key);
    config.events.emit(merged ? "conflict-merged" : "updated", storedKey);
    return afterWrite(config, visit, orders, storedKey, result);
  });
}

/** Writes over the session that was read. A store with Ring's three functions can do no more. */
function overwrite(
  config: SessionConfig,
  visit: Visit,
  key: string,
  orders: CheckedOrders,
  next: (current: SessionData) => SessionData | null,
): Awaitable<CookieChange> {
  const session = next(visit.stored ?? visit.session);
  if (session === null) return remove(config, visit);
  return andThen(write(config, key, session), (storedKey) => {
    config.events.emit("updated", storedKey);
    return afterWrite(config, visit, orders, storedKey, session);
  });
}

/** After a change: enforces `maxSessions`, and refreshes the cookie if the key stayed. `storedKey` is its key now. */
function afterWrite(
  config: SessionConfig,
  visit: Visit,
  orders: CheckedOrders,
  storedKey: string,
  session: SessionData | undefined,
): Awaitable<CookieChange> {
  const enforced = session && enforceLimit(config, storedKey, session, visit.stored);
  return andThen(enforced, () =>
    storedKey === visit.key ? refreshCookie(config, visit, storedKey, orders) : storedKey,
  );
}
