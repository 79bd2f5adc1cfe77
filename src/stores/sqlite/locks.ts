import { clearTimeout, setTimeout } from "node:timers";

import type { Awaitable, StoreContext } from "../../types.ts";
import { setTimeoutOf, type Connection, type SqliteDatabase } from "./database.ts";

/** Runs a statement without waiting. It throws if another process or a transaction of the owner is in the way. */
export type Gate = <T>(run: () => T) => T;

/** Runs an attempt at once. If it meets a lock, it runs again until it meets none or the call's signal fires. */
export type Patience = <T>(context: StoreContext, attempt: () => T) => Awaitable<T>;

/** SQLITE_BUSY and SQLITE_LOCKED. Codes that say more, such as SQLITE_BUSY_RECOVERY, do so in higher bits. */
const LOCKED = [5, 6];

/** Milliseconds between two attempts. They double after each that fails. */
const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 32;

/** The most calls that run in one turn of the event loop when a lock is gone. */
const CALLS_PER_TURN = 20;

/** Makes the gate of a connection. */
export function createGate({ database, own, timeout }: Connection): Gate {
  return (run) => {
    // What is changed inside a transaction of the owner's would be undone with it.
    if (!own && isInTransaction(database)) throw inTransaction();
    if (timeout === 0) return run();
    setTimeoutOf(database, 0);
    try {
      return run();
    } finally {
      setTimeoutOf(database, timeout);
    }
  };
}

/** Returns whether the owner has a transaction open. Node before 22.16 does not tell, but allows no second one. */
function isInTransaction(database: SqliteDatabase): boolean {
  const told = database.inTransaction ?? database.isTransaction;
  if (told !== undefined) return told;
  try {
    database.exec("BEGIN; COMMIT");
    return false;
  } catch (error) {
    if (error instanceof Error && error.message.includes("within a transaction")) return true;
    throw error;
  }
}

/** Returns whether an error, of any of the drivers, says that somebody else holds a lock. */
export function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { errcode, rawCode, code } = error as { errcode?: unknown; rawCode?: unknown; code?: unknown };
  const number = errcode ?? rawCode;
  if (typeof number === "number") return LOCKED.includes(number & 0xff);
  return typeof code === "string" && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}

/** Makes a queue of calls that wait for a lock, in the order in which they came, with one timer for all. */
export function createPatience(): Patience {
  /** Each of them tries again, and returns whether its call is done. */
  const waiting = new Set<() => boolean>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = SHORTEST_WAIT;

  const goOn = (): void => {
    timer = undefined;
    pause = Math.min(pause * 2, LONGEST_WAIT);
    let left = CALLS_PER_TURN;
    for (const tryAgain of waiting) {
      if (left-- === 0 || !tryAgain()) break;
      pause = SHORTEST_WAIT;
    }
    wake();
  };

  const wake = (): void => {
    if (waiting.size > 0) timer ??= setTimeout(goOn, pause);
  };

  const leave = (tryAgain: () => boolean): void => {
    waiting.delete(tryAgain);
    if (waiting.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
    pause = SHORTEST_WAIT;
  };

  const wait = async <T>({ signal }: StoreContext, attempt: () => T): Promise<T> => {
    const outcome = await new Promise<() => T>((resolve) => {
      const settle = (answer: () => T): true => {
        leave(tryAgain);
        signal?.removeEventListener("abort", abort);
        resolve(answer);
        return true;
      };
      const abort = (): void => void settle(() => thrown(signal?.reason));
      const tryAgain = (): boolean => {
        try {
          const answer = attempt();
          return settle(() => answer);
        } catch (error) {
          return !isLocked(error) && settle(() => thrown(error));
        }
      };
      waiting.add(tryAgain);
      wake();
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
    });
    return outcome();
  };

  return (context, attempt) => {
    try {
      return attempt();
    } catch (error) {
      if (!isLocked(error)) throw error;
      return wait(context, attempt);
    }
  };
}

function inTransaction(): Error {
  return Object.assign(new Error("the database has a transaction open"), { code: "SQLITE_BUSY" });
}

function thrown(error: unknown): never {
  throw error;
}
