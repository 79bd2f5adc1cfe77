import type { SessionData } from "../types.ts";
import { isPromise } from "../shared/awaitable.ts";
import { applyChanges, type Changes, changesBetween } from "../data/changes.ts";
import type { SessionOrder, SessionUpdate } from "../data/order.ts";
import { freeze } from "../data/freeze.ts";
import type { Visit } from "./visit.ts";
import { fit, fitNow } from "./options/schema.ts";
import type { SessionConfig } from "./options/config.ts";
import { checkSession, withCreated, withoutCreated } from "../data/reserved.ts";

/** What a response says of a session that goes on or begins: these data, what a function makes of the newest, or nothing. */
export type NextOrder = Exclude<SessionOrder, null>;

/** What a session to store is made of. */
export interface NextParts {
  readonly order: NextOrder;
  /** The changes that lead from what was read to that, where they are known already. */
  readonly changes?: Changes | undefined;
  /** The newest stored one; undefined where there is none. */
  readonly current: SessionData | undefined;
  /** When it began, where that is to be written down. */
  readonly created: number | undefined;
  /** A log-in: what the schema leaves out of a session does not go on in the next. */
  readonly fresh: boolean;
}

/**
 * The session to store: what the response says, applied to the newest stored one, with the time it began. `null` where the
 * function asks for its deletion.
 *
 * @throws SessionDataError where the function answers what is no session, and whatever it throws itself
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
  // Without a stored session to change, all of it counts; what is undefined in it is absent all the same.
  return base === undefined
    ? applyChanges({}, changesBetween({}, order))
    : applyChanges(base, changes ?? changesBetween(visit.session, order));
}

function applyUpdate(config: SessionConfig, update: SessionUpdate, base: SessionData | undefined): SessionData | null {
  const current = freeze(base === undefined ? {} : (fitNow(config.schema, base) ?? {}));
  const answer: unknown = update(current);
  if (answer === null) return null;
  checkSession(answer, "the session that the function answered");
  // By its changes, so that what the schema leaves out of `current` stays in the store.
  return applyChanges(base ?? {}, changesBetween(current, answer));
}

/** As the schema gives it back, where the schema answers at once. */
function fitIfAtOnce(config: SessionConfig, session: SessionData): SessionData {
  const fits = fit(config.schema, session);
  return isPromise(fits) ? session : (fits ?? {});
}
