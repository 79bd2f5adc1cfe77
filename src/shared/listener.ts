import type { Awaitable } from "../types.ts";
import { isPromise } from "./awaitable.ts";

/** Calls a listener of events. An error that the listener throws is dropped. */
export function tell<Event>(onEvent: (event: Event) => void, event: Event): void {
  // A listener that fails, at once or later, must not fail the visitor's request, nor the process.
  try {
    const answer = onEvent(event) as Awaitable<unknown>;
    if (isPromise(answer)) answer.catch(() => undefined);
  } catch {
    return;
  }
}
