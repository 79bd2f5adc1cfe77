import type { Awaitable } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import type { SessionConfig } from "./options/config.ts";
import type { CookieChange } from "./options/cookie.ts";
import { deleteStored } from "./store-operations.ts";
import type { Visit } from "./visit.ts";

/** Deletes the session of a visit, as `null` on a response says, and expires its cookie. */
export function remove(config: SessionConfig, visit: Visit): Awaitable<CookieChange> {
  const { key } = visit;
  // A cookie of no session is expired too.
  if (key === undefined) return visit.cookieSent ? null : undefined;
  return andThen(deleteStored(config, key, visit.stored), (newValue) => {
    reportDeleted(config, key);
    // As in Ring, a store may put another value into the cookie. If the browser has that value, no Set-Cookie is needed.
    if (typeof newValue !== "string" || newValue === "") return null;
    return newValue === key ? undefined : newValue;
  });
}

/** Reports that a session was deleted. Returns `null`: its cookie is to be expired. */
export function reportDeleted(config: SessionConfig, key: string): null {
  config.events.emit("deleted", key);
  return null;
}

/**
 * Reports a write that came too late: the session was deleted meanwhile, by a log-out say. There is no Set-Cookie, because
 * the browser may hold a newer cookie by now, from a log-in that overtook this response.
 */
export function reportDropped(config: SessionConfig, key: string): undefined {
  config.events.emit("write-dropped", key);
}
