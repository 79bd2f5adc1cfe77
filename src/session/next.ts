import type { SessionData } from "../types.ts";
import { isPromise } from "../shared/awaitable.ts";
import { applyChanges, type Changes, changesBetween } from "../data/changes.ts";
import type { SessionOrder, SessionUpdate } from "../data/order.ts";
import { freeze } from "../data/freeze.ts";
import type { Visit } from "./visit.ts";
import { fit, fitNow } from "./options/schema.ts";
import type { SessionConfig } from "./options/config.ts";
import { checkSession, withCreated, withoutCreated } from "../data/reserved.ts";

/** Order about a session that goes on or begins: its data, a function from the newest session, or nothing. */
export type NextOrder = Exclude<SessionOrder, null>;

/** The parts that the next session is made of. */
export interface NextParts {
  readonly order: NextOrder;
  /** The changes that lead from the session that was read to `order`, if they are known already. */
  readonly changes?: Changes | undefined;
  /** The newest stored session; undefined if there is none. */
  readonly current: SessionData | undefined;
  /** The time it began, if that is to be stored. */
  readonly created: number | undefined;
  /** Whether the session begins new, as at a log-in. Properties that the schema leaves out do not go on then. */
  readonly fresh: boolean;
}

/**
 * Returns the session to store: the order of the response, applied to the newest stored session. It holds the time it
 * began. Returns `null` if the function of the order deletes the session.
 *
 * @throws SessionDataError if the function returns no session; also whatever the function throws
 */
export function nextSession(
  config: SessionConfig,
  visit: Visit,
  { order, changes, current, created, fresh }: NextParts,
): SessionData | null {
  const base = current && (fresh ? fitIfAtOnce(config, withoutCreated(current)) : withoutCreated(current));
  const next = typeof order === "function" ? applyUpdate(config, order, base) : applyData(visit, order, changes, base);
  return next === null || created === undefined ? next : withCreated(next, created);
}

function applyData(
  visit: Visit,
  order: SessionData | undefined,
  changes: Changes | undefined,
  base: SessionData | undefined,
): SessionData {
  if (order === undefined) return base ?? {};
  // If nothing is stored, the whole order is the session, without its undefined properties.
  return base === undefined
    ? applyChanges({}, changesBetween({}, order))
    : applyChanges(base, changes ?? changesBetween(visit.session, order));
}

function applyUpdate(config: SessionConfig, update: SessionUpdate, base: SessionData | undefined): SessionData | null {
  const current = freeze(base === undefined ? {} : (fitNow(config.schema, base) ?? {}));
  const answer: unknown = update(current);
  if (answer === null) return null;
  checkSession(answer, "the session that the function answered");
  // Only the changes are applied, so that properties which the schema leaves out of `current` stay in the store.
  return applyChanges(base ?? {}, changesBetween(current, answer));
}

/** Returns a session as its schema returns it. An asynchronous schema has no part in it: an update cannot wait. */
function fitIfAtOnce(config: SessionConfig, session: SessionData): SessionData {
  const fits = fit(config.schema, session);
  return isPromise(fits) ? session : (fits ?? {});
}
