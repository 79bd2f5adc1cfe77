import { isPromise } from "./awaitable.ts";

/**
 * Calls a function that calls back, as the stores of express-session do; answers what it called back with. Where it
 * throws, or answers a promise that rejects, that counts too; only the first word counts. One that never calls back is
 * cut off by the deadline of the core.
 */
export function called<T>(run: (callback: (error?: unknown, value?: T) => void) => unknown): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(asError(error));
    const answer = run((error, value) => (error ? fail(error) : resolve(value)));
    if (isPromise(answer)) answer.then(undefined, fail);
  });
}

/** The same, but "there is no such file" is undefined: how a store of files says that there is no such session. */
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
