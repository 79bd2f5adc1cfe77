import type { SessionConfig } from "./options/config.ts";

/**
 * Reports a dropped write. There is no Set-Cookie: the browser may hold a newer cookie by now, from a log-in that
 * overtook this response.
 */
export function writeDropped(config: SessionConfig, key: string): undefined {
  config.events.emit("write-dropped", key);
}

/** Reports a deleted session. Its cookie is expired. */
export function sessionDeleted(config: SessionConfig, key: string): null {
  config.events.emit("deleted", key);
  return null;
}
