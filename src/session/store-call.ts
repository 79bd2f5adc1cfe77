import { CookieError, SessionDataError, SessionStoreError, type StoreOperation } from "../errors.ts";
import type { Awaitable, StoreContext } from "../types.ts";
import { isPromise } from "../shared/awaitable.ts";
import type { SessionConfig } from "./options/config.ts";

/** One call of the store: its operation, and the values for its context. */
export interface StoreCall {
  readonly operation: StoreOperation;
  readonly key: string | undefined;
  /** Seconds to live from now. Undefined: as in `StoreContext`. */
  readonly ttl: number | undefined;
  /** Whose session it is. */
  readonly principal?: string | undefined;
  /**
   * Returns whose session it is, if that is known only after an update has run. Called when the store reads
   * `principal`.
   */
  readonly principalLater?: (() => string | undefined) | undefined;
  /** Called with each fact that the store reports. */
  readonly report?: StoreContext["report"] | undefined;
}

/**
 * Abort of one call. The controller is made for a store that asks for the signal, the reason is kept for a late one.
 */
interface Abort {
  controller?: AbortController;
  reason?: SessionStoreError;
}

/** Wrapper that carries an error of the application's function through a store unchanged. */
class ApplicationError extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("a function of the application failed");
    this.reason = reason;
  }
}

/** Runs a function of the application inside a store. An error that it throws comes out of `callStore` as it is. */
export function asApplication<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new ApplicationError(error);
  }
}

/**
 * Calls the store, within the deadline, and returns its checked answer.
 *
 * @throws SessionStoreError if the store or `check` throws, or if the store takes too long. Other errors come out
 *   as they are: `SessionDataError`, `CookieError`, and those of the application's own functions.
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
  // The application may throw any value, and gets the same value back.
  if (thrown !== undefined) return thrown.reason as Error;
  if (error instanceof SessionDataError || error instanceof CookieError) return error;
  const failed =
    error instanceof SessionStoreError ? error : new SessionStoreError(call.operation, "failed", { cause: error });
  config.events.storeError(call.key, failed);
  return failed;
}

/** Returns the error of the application, also from inside an error that the store has put round it. */
function thrownByApplication(error: unknown): ApplicationError | undefined {
  if (error instanceof ApplicationError) return error;
  return error instanceof Error && error.cause instanceof ApplicationError ? error.cause : undefined;
}

function ignoreFact(): void {
  // A fact that nobody asked for.
}
