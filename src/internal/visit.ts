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
}
