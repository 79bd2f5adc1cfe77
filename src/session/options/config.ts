import type {
  AtomicSessionStore,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionOptions,
  SessionStore,
  StandardSchema,
} from "../../types.ts";
import { createEventSender, type EventSender } from "./event-sender.ts";
import { checkChoice, checkNames } from "../../shared/options.ts";
import { kindOf, show } from "../../shared/values.ts";
import { checkedCookie, type SessionCookie } from "./cookie.ts";
import { checkedDuration, checkedTimeout, clock, type TimeLimits } from "./timeout.ts";
import { checkedMaxSessions, type Principal } from "./principal.ts";
import { checkSchema } from "./schema.ts";
import { isSynchronous } from "../../shared/synchronous.ts";

/** The options of a session, checked and with their defaults. */
export interface SessionConfig extends TimeLimits {
  readonly store: SessionStore & Partial<AtomicSessionStore & RenewingSessionStore & IndexedSessionStore>;
  /** Whether the store returns no promise, so that no call of it needs a deadline. */
  readonly synchronous: boolean;
  readonly cookie: SessionCookie;
  readonly schema: StandardSchema<object> | undefined;
  readonly principal: Principal;
  /** The most live sessions of one principal. Undefined: any number. */
  readonly maxSessions: number | undefined;
  /** Whether a request whose session cannot be read goes on with an empty one. */
  readonly emptyOnFailure: boolean;
  /** Milliseconds that a call of the store may take. Undefined: for ever. */
  readonly deadline: number | undefined;
  readonly events: EventSender;
}

const OPTIONS = [
  "store",
  "root",
  "cookieName",
  "cookieAttrs",
  "timeout",
  "schema",
  "principal",
  "maxSessions",
  "readFailure",
  "storeDeadline",
  "now",
  "onEvent",
];

/** The longest time that a timer can wait, in milliseconds: 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Checks options once, when a wrapper is built.
 *
 * @throws TypeError or CookieError naming the option, what was expected and what was given
 */
export function sessionConfig<S extends object>(
  where: string,
  options: SessionOptions<S>,
  defaultStore: () => SessionStore,
): SessionConfig {
  checkNames(where, "option", options, OPTIONS);
  const { now = clock, onEvent, schema, principal, storeDeadline = 2000 } = options;
  const cookie = checkedCookie(where, options);
  checkCallable(where, "now", now);
  checkCallable(where, "onEvent", onEvent);
  checkCallable(where, "principal", principal);
  checkChoice(where, "readFailure", options.readFailure, ["fail", "empty"]);
  checkSchema(where, schema);
  const store = options.store === undefined ? defaultStore() : checkedStore(where, options.store);
  return {
    store,
    synchronous: isSynchronous(store),
    cookie,
    ...checkedTimeout(where, options.timeout === undefined ? {} : options.timeout),
    schema,
    principal: principal as Principal,
    maxSessions: checkedMaxSessions(where, options, store),
    emptyOnFailure: options.readFailure === "empty",
    deadline: atMost(LONGEST_TIMER, checkedDuration(where, "storeDeadline", "milliseconds", storeDeadline)),
    now,
    events: createEventSender(now, onEvent),
  };
}

/** Refuses an option that is no function. Its message shows the value that was given. */
function checkCallable(where: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`${where}: ${name} must be a function, got ${show(value)}`);
}

function checkedStore(where: string, store: SessionStore): SessionStore {
  for (const name of ["updateSession", "renewSession"] as const) {
    const optional: unknown = (store as Partial<AtomicSessionStore & RenewingSessionStore> | null)?.[name];
    if (optional === undefined || typeof optional === "function") continue;
    throw new TypeError(`${where}: store.${name} must be a function where it is there, got ${kindOf(optional)}`);
  }
  for (const name of ["readSession", "writeSession", "deleteSession"] as const) {
    if (typeof store?.[name] === "function") continue;
    throw new TypeError(
      `${where}: store must have a function ${name}, got ${store ? kindOf(store[name]) : kindOf(store)}; call the store's maker, as in memoryStore()`,
    );
  }
  return store;
}

function atMost(most: number, value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.min(most, value);
}
