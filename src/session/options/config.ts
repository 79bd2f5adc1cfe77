import type {
  AtomicSessionStore,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionOptions,
  SessionStore,
  StandardSchema,
} from "../../types.ts";
import { createEvents, type Events } from "./events.ts";
import { checkNames } from "../../shared/options.ts";
import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { sessionCookie, type SessionCookie } from "./cookie.ts";
import { isSynchronous } from "../../shared/synchronous.ts";

/** The options of a session, checked and completed. */
export interface SessionConfig {
  readonly store: SessionStore & Partial<AtomicSessionStore & RenewingSessionStore & IndexedSessionStore>;
  /** Whether the store answers at once, so that no call of it needs a deadline. */
  readonly synchronous: boolean;
  readonly cookie: SessionCookie;
  /** Seconds, or undefined for never. */
  readonly idle: number | undefined;
  /** Seconds, or undefined for never. */
  readonly absolute: number | undefined;
  readonly schema: StandardSchema<object> | undefined;
  readonly principal: ((session: object) => string | undefined) | undefined;
  /** The most live sessions of one principal, or undefined for any number. */
  readonly maxSessions: number | undefined;
  /** Whether a request whose session cannot be read goes on with an empty one. */
  readonly emptyOnFailure: boolean;
  /** Milliseconds, or undefined for ever. */
  readonly deadline: number | undefined;
  readonly now: () => number;
  readonly events: Events;
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

/** What a timer can wait: 24 days. */
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
  const {
    cookieName = "ring-session",
    cookieAttrs = {},
    now = clock,
    onEvent,
    schema,
    principal,
    storeDeadline = 2000,
  } = options;
  if (typeof cookieName !== "string") {
    throw new TypeError(`${where}: cookieName must be text, got ${kindOf(cookieName)}`);
  }
  if (!isPlainObject(cookieAttrs)) {
    throw new TypeError(`${where}: cookieAttrs must be an object, got ${kindOf(cookieAttrs)}`);
  }
  checkFunction(where, "now", now);
  checkFunction(where, "onEvent", onEvent);
  checkFunction(where, "principal", principal);
  checkSchema(where, schema);
  const store = options.store === undefined ? defaultStore() : checkedStore(where, options.store);
  return {
    store,
    synchronous: isSynchronous(store),
    cookie: sessionCookie(cookieName, cookieAttrs, options.root),
    ...timeouts(where, options.timeout === undefined ? {} : options.timeout),
    schema,
    principal: principal as SessionConfig["principal"],
    maxSessions: checkedMost(where, options, store),
    emptyOnFailure: checkedFailure(where, options.readFailure) === "empty",
    deadline: atMost(LONGEST_TIMER, positive(where, "storeDeadline", "milliseconds", storeDeadline)),
    now,
    events: createEvents(now, onEvent),
  };
}

function timeouts(
  where: string,
  timeout: NonNullable<SessionOptions["timeout"]>,
): Pick<SessionConfig, "idle" | "absolute"> {
  checkNames(`${where}: timeout`, "option", timeout, ["idle", "absolute"]);
  return {
    idle: positive(where, "timeout.idle", "seconds", timeout.idle === undefined ? 1800 : timeout.idle),
    absolute: positive(where, "timeout.absolute", "seconds", timeout.absolute === undefined ? false : timeout.absolute),
  };
}

function positive(where: string, name: string, unit: string, value: number | false): number | undefined {
  if (value === false) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${where}: ${name} must be a number of ${unit} above 0, or false, got ${show(value)}`);
}

function checkFunction(where: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`${where}: ${name} must be a function, got ${show(value)}`);
  }
}

function checkedMost(
  where: string,
  { maxSessions, principal }: { readonly maxSessions?: number | undefined; readonly principal?: unknown },
  store: SessionStore & Partial<IndexedSessionStore>,
): number | undefined {
  if (maxSessions === undefined) return undefined;
  if (!Number.isInteger(maxSessions) || maxSessions < 1) {
    throw new TypeError(`${where}: maxSessions must be a whole number of at least 1, got ${show(maxSessions)}`);
  }
  if (principal === undefined) {
    throw new TypeError(`${where}: maxSessions counts the sessions of a principal; give the option principal too`);
  }
  checkIndexed(where, "maxSessions", store);
  return maxSessions;
}

/**
 * Refuses a store that does not know whose its sessions are.
 *
 * @throws TypeError
 */
export function checkIndexed(
  where: string,
  what: string,
  store: SessionStore & Partial<IndexedSessionStore>,
): asserts store is IndexedSessionStore {
  for (const name of ["listSessions", "revokeSessions"] as const) {
    if (typeof store?.[name] === "function") continue;
    throw new TypeError(
      `${where}: ${what} needs a store with an index of principals, got one without ${name}; memory, Redis, SQLite and Postgres have it`,
    );
  }
}

function checkedFailure(where: string, value: SessionOptions["readFailure"]): SessionOptions["readFailure"] {
  if (value === undefined || value === "fail" || value === "empty") return value;
  throw new TypeError(`${where}: readFailure must be "fail" or "empty", got ${show(value)}`);
}

function checkSchema(where: string, schema: StandardSchema<object> | undefined): void {
  if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") return;
  throw new TypeError(`${where}: schema must be a Standard Schema (Zod, Valibot, ArkType, …), got ${kindOf(schema)}`);
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

/** Looked up each time, so that a test may put another clock in its place. */
function clock(): number {
  return Date.now();
}
