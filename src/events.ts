import type { SessionStoreError } from "./errors.ts";

/**
 * What happened to a session, for logs and alarms. `at` is in milliseconds since 1970, `key` a short hash that
 * stands for the session key and leads nowhere. The same objects go to the `node:diagnostics_channel` named
 * `ringlet:session`.
 *
 * - `created`, `read`, `updated`, `deleted`: as they say. `recreated`: under a new key, `previous` was the old one.
 * - `renewed`: nothing changed, but the cookie was sent again, before it grew stale.
 * - `unknown-key`: a cookie that the store does not know: old, made up or tampered with. `malformed-key`: not even a key.
 * - `expired`: a session past its idle or absolute time. `invalid`: a session that does not fit the schema.
 * - `ambiguous-key`: several cookies of the name, and more than one of them a session: none is taken.
 * - `old-key`: a sealed cookie was opened with a key that seals no more.
 * - `conflict-merged`: another request had changed the session meanwhile; both changes are in.
 * - `write-dropped`: the session was deleted or had expired meanwhile; it was not brought back.
 * - `revoked`: taken away by `revokeSessions`, or to make room where `maxSessions` is set.
 * - `store-error`: the store failed or was too slow. `read-only`: and so this request went on with an empty session.
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
