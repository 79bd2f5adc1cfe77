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

/** Carries what the application's own function threw inside a store safely through it. */
class Thrown extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("a function of the application failed");
    this.reason = reason;
  }
}

/** Runs a function of the application's inside a store: what it throws comes out of `callStore` as it is. */
export function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Thrown(error);
  }
}

/**
 * Calls the store, within the deadline.
 *
 * @throws SessionStoreError for whatever the store throws, or when it takes too long; but mistakes in a session's
 * data or cookie, and errors of the application's own functions, come out as they are
 */
export function callStore<T>(
  config: SessionConfig,
  call: StoreCall,
  run: (context: StoreContext) => Awaitable<T>,
): Awaitable<T> {
  const abort: Abort = {};
  try {
    const answer = run(createContext(config, call, abort));
    return isPromise(answer) ? withinDeadline(config, call, answer, abort) : answer;
  } catch (error) {
    throw failure(config, call, error);
  }
}

function createContext(config: SessionConfig, call: StoreCall, abort: Abort): StoreContext {
  const { now, cookie, synchronous, idle, deadline } = config;
  const { ttl, principal, principalLater, report = ignore } = call;
  const { name: cookieName, attrs } = cookie;
  const context = { now: now(), ttl, cookieName, maxAge: attrs.maxAge, idle, principal, deadline, report };
  if (synchronous && principalLater === undefined) return context;
  return {
    ...context,
    get principal() {
      return principalLater === undefined ? principal : attempt(principalLater);
    },
    // Made only for a store that asks: most never do, and it is the dearest part of a call.
    get signal() {
      if (abort.reason !== undefined) return AbortSignal.abort(abort.reason);
      return (abort.controller ??= new AbortController()).signal;
    },
  };
}

function withinDeadline<T>(config: SessionConfig, call: StoreCall, answer: Promise<T>, abort: Abort): Promise<T> {
  // By hand: Promise.race and a promise for the timer cost more than the client's part of a read.
  return new Promise((resolve, reject) => {
    const { deadline } = config;
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(failure(config, call, error));
    };
    const late = (): void => fail(tooLate(config, call, abort));
    const timer = deadline === undefined ? undefined : setTimeout(late, deadline);
    answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, fail);
  });
}

function tooLate(config: SessionConfig, call: StoreCall, abort: Abort): SessionStoreError {
  const error = new SessionStoreError(call.operation, `took longer than ${config.deadline} ms (storeDeadline)`);
  abort.reason = error;
  abort.controller?.abort(error);
  return error;
}

function failure(config: SessionConfig, call: StoreCall, error: unknown): Error {
  const thrown = error instanceof Error && error.cause instanceof Thrown ? error.cause : error;
  // Or whatever else the application has thrown.
  if (thrown instanceof Thrown) return thrown.reason as Error;
  if (error instanceof SessionDataError || error instanceof CookieError) return error;
  const failed =
    error instanceof SessionStoreError ? error : new SessionStoreError(call.operation, "failed", { cause: error });
  config.events.storeError(call.key, failed);
  return failed;
}

function ignore(): void {
  // A fact that nobody asked for.
}
