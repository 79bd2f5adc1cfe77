import type { SessionStoreError } from "./errors.ts";

/**
 * An event of a session, for logs and alarms. `at` is the time in milliseconds since 1970. `key` is a short hash of the
 * session key, which opens no session. The `node:diagnostics_channel` named `ringlet:session` gets the same objects.
 *
 * - `created`, `read`, `updated`, `deleted`: this was done to the session.
 * - `recreated`: the session has a new key. `previous` stands for the old key.
 * - `renewed`: the session did not change, but its cookie was sent again before it grew stale.
 * - `unknown-key`: the store does not know the key in the cookie. The key is old, made up or tampered with.
 * - `malformed-key`: the value of the cookie cannot be a key.
 * - `expired`: the session is past its idle or absolute time.
 * - `invalid`: the session does not fit the schema.
 * - `ambiguous-key`: several cookies have the name, and more than one of them is a session. None is used.
 * - `old-key`: a sealed cookie was opened with a key that no longer seals.
 * - `conflict-merged`: another request has changed the session meanwhile. Both changes are stored.
 * - `write-dropped`: the session was deleted or has expired meanwhile. It was not brought back.
 * - `revoked`: `revokeSessions` has ended the session, or `maxSessions` has made room for another.
 * - `store-error`: the store failed or was too slow.
 * - `read-only`: the store failed, so this request went on with an empty session.
 */
export type SessionEvent =
  | {
      readonly type:
        | "created"
        | "read"
        | "updated"
        | "deleted"
        | "renewed"
        | "unknown-key"
        | "expired"
        | "invalid"
        | "old-key"
        | "conflict-merged"
        | "write-dropped"
        | "revoked"
        | "read-only";
      readonly at: number;
      readonly key: string;
    }
  | { readonly type: "recreated"; readonly at: number; readonly key: string; readonly previous: string }
  | { readonly type: "malformed-key"; readonly at: number }
  | { readonly type: "ambiguous-key"; readonly at: number; readonly sessions: number }
  | {
      readonly type: "store-error";
      readonly at: number;
      readonly key: string | undefined;
      readonly error: SessionStoreError;
    };
