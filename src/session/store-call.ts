import { CookieError, SessionDataError, SessionStoreError, type StoreOperation } from "../errors.ts";
import type { Awaitable, StoreContext } from "../types.ts";
import { isPromise } from "../shared/awaitable.ts";
import type { SessionConfig } from "./options/config.ts";

/** What one call of the store is about. */
export interface StoreCall {
  readonly operation: StoreOperation;
  readonly key: string | undefined;
  /** Seconds to live from now; undefined as in `StoreContext`. */
  readonly ttl: number | undefined;
  /** Whose session it is. */
  readonly principal?: string | undefined;
  /** The same where it is not known yet: asked when the store looks, when an update has run. */
  readonly principalLater?: (() => string | undefined) | undefined;
  /** Hears what the store reports. */
  readonly report?: StoreContext["report"] | undefined;
}

/** The end of one call: made for a store that asks, remembered for one that asks too late. */
interface Abort {
  controller?: AbortController;
  reason?: SessionStoreError;
}

/** Carries safely through a store what a function of the application threw inside it. */
class ApplicationError extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("a function of the application failed");
    this.reason = reason;
  }
}

/** Runs a function of the application inside a store. What it throws comes out of `callStore` as it is. */
export function asApplication<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new ApplicationError(error);
  }
}

/**
 * Calls the store, within the deadline, and returns what `check` makes of its answer.
 *
 * @throws SessionStoreError for whatever the store or `check` throws, or when the store takes too long; but mistakes in a
 * session's data or cookie, and errors of the application's own functions, come out as they are
 */
export function callStore<T, Checked>(
  config: SessionConfig,
  call: StoreCall,
  run: (context: StoreContext) => Awaitable<T>,
  check: (answer: T) => Checked,
): Awaitable<Checked> {
  const abort: Abort = {};
  try {
    const answer = run(createContext(config, call, abort));
    return isPromise(answer) ? withinDeadline(config, call, answer, check, abort) : check(answer);
  } catch (error) {
    throw errorFor(config, call, error);
  }
}

function createContext(config: SessionConfig, call: StoreCall, abort: Abort): StoreContext {
  const { now, cookie, synchronous, idle, deadline } = config;
  const { ttl, principal, principalLater, report = ignoreFact } = call;
  const { name: cookieName, attrs } = cookie;
  const context = { now: now(), ttl, cookieName, maxAge: attrs.maxAge, idle, principal, deadline, report };
  if (synchronous && principalLater === undefined) return context;
  return {
    ...context,
    get principal() {
      return principalLater === undefined ? principal : asApplication(principalLater);
    },
    // Made only for a store that asks: most never do, and it is the most expensive part of a call.
    get signal() {
      if (abort.reason !== undefined) return AbortSignal.abort(abort.reason);
      return (abort.controller ??= new AbortController()).signal;
    },
  };
}

function withinDeadline<T, Checked>(
  config: SessionConfig,
  call: StoreCall,
  answer: Promise<T>,
  check: (answer: T) => Checked,
  abort: Abort,
): Promise<Checked> {
  // By hand: Promise.race and a promise for the timer cost more than the client's part of a read.
  return new Promise((resolve, reject) => {
    const { deadline } = config;
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(errorFor(config, call, error));
    };
    const onDeadline = (): void => fail(tooLate(config, call, abort));
    const timer = deadline === undefined ? undefined : setTimeout(onDeadline, deadline);
    const done = (value: T): void => {
      clearTimeout(timer);
      resolve(check(value));
    };
    answer.then(done).catch(fail);
  });
}

function tooLate(config: SessionConfig, call: StoreCall, abort: Abort): SessionStoreError {
  const error = new SessionStoreError(call.operation, `took longer than ${config.deadline} ms (storeDeadline)`);
  abort.reason = error;
  abort.controller?.abort(error);
  return error;
}

function errorFor(config: SessionConfig, call: StoreCall, error: unknown): Error {
  const thrown = thrownByApplication(error);
  // The application may throw anything, and gets the same back.
  if (thrown !== undefined) return thrown.reason as Error;
  if (error instanceof SessionDataError || error instanceof CookieError) return error;
  const failed =
    error instanceof SessionStoreError ? error : new SessionStoreError(call.operation, "failed", { cause: error });
  config.events.storeError(call.key, failed);
  return failed;
}

/** What the application threw, also inside an error that the store has wrapped round it. */
function thrownByApplication(error: unknown): ApplicationError | undefined {
  if (error instanceof ApplicationError) return error;
  return error instanceof Error && error.cause instanceof ApplicationError ? error.cause : undefined;
}

function ignoreFact(): void {
  // A fact that nobody asked for.
}
