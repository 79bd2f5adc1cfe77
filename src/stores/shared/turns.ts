import type { StoreContext } from "../../types.ts";

/** Runs the calls for one key one after the other in this process. Calls for different keys run side by side. */
export interface Turns<T> {
  /**
   * Runs a call when the one before it for this key has ended. `before` is the result of that one; undefined if there
   * was none or it failed. A call whose deadline passes while it waits rejects without having run.
   */
  readonly take: (key: string, context: StoreContext, run: (before: T | undefined) => Promise<T>) => Promise<T>;
}

interface Turn<T> {
  readonly answer: Promise<T | undefined>;
  readonly context: StoreContext;
}

/** Makes turns for any number of keys. Nothing is kept of a key once its last call has ended. */
export function turnsByKey<T>(): Turns<T> {
  const last = new Map<string, Turn<T>>();
  return {
    async take(key, context, run) {
      const before = last.get(key);
      const answer = before === undefined ? run(undefined) : after(before, context, run);
      const turn = { answer: answer.catch(() => undefined), context };
      last.set(key, turn);
      try {
        return await answer;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}

async function after<T>(
  { answer, context: earlier }: Turn<T>,
  context: StoreContext,
  run: (before: T | undefined) => Promise<T>,
): Promise<T> {
  // A call that hangs must hold up nobody for longer than its own deadline.
  const before = await Promise.race([answer, aborted(earlier), aborted(context)]);
  context.signal?.throwIfAborted();
  return run(before);
}

function aborted({ signal }: StoreContext): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(undefined);
    else signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
