import { SessionStoreError } from "../errors.ts";
import type { SessionData } from "../types.ts";

/** What a request brought: the session that was read, or none. */
export interface Visit {
  /** The key that the store knew; undefined where there is no session. */
  readonly key: string | undefined;
  /** What the handler sees. */
  readonly session: SessionData;
  /** The same as the store gave it. */
  readonly stored: SessionData | undefined;
  /** When it began, in milliseconds, where it says so. */
  readonly created: number | undefined;
  /** Whether the client sent a cookie of the session's name, known or not. */
  readonly cookieSent: boolean;
  /** Why the session could not be read, where the request goes on without it all the same. */
  readonly unread?: SessionStoreError;
}

/**
 * Refuses to change a session that could not be read: it would look like a success.
 *
 * @throws SessionStoreError
 */
export function checkRead({ unread }: Visit): void {
  if (unread === undefined) return;
  const reason = "is not possible: the session of this request could not be read";
  throw new SessionStoreError("write", reason, { cause: unread });
}
