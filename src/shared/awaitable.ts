import type { Awaitable } from "../types.ts";

/** Whether a value is a promise, so that it has to be waited for. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Calls `next` with a value: at once, or later if the value is a promise. So a store in memory costs no tick. */
export function andThen<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value);
}
