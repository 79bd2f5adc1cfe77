import { isPromise } from "./awaitable.ts";

/**
 * Calls a function that takes a callback, as the stores of express-session do. Returns a promise of the callback's
 * value. The promise rejects if the callback gets an error, if the function throws, or if it returns a promise that
 * rejects. The first of these counts. If the function never calls back, the deadline of the core ends the wait.
 */
export function called<T>(run: (callback: (error?: unknown, value?: T) => void) => unknown): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(asError(error));
    const answer = run((error, value) => (error ? fail(error) : resolve(value)));
    if (isPromise(answer)) answer.then(undefined, fail);
  });
}

/** Does the same, but returns `"missing"` for the error ENOENT. A store of files reports a missing session with it. */
export async function calledUnlessMissing<T>(
  run: (callback: (error?: unknown, value?: T) => void) => unknown,
): Promise<T | undefined | "missing"> {
  try {
    return await called(run);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "missing";
    throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("the store called back with an error", { cause: error });
}
