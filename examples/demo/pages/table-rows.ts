import type { SessionResponse } from "ringlet";

import type { App } from "../types.ts";

/** The cookies that a request can bring: a key that the store knows (K), one that it does not know, or none. */
export type Had = "K" | "unknown" | "none";

/** The things that a response can say of the session, by the last part of its path. */
export const answers: Readonly<Record<string, (session: App) => SessionResponse<App>>> = {
  silence: () => ({}),
  attributes: () => ({ sessionCookieAttrs: { maxAge: 7 * 24 * 3600 } }),
  recreate: () => ({ sessionRecreate: true }),
  object: (session) => ({ session: oneMore(session) }),
  function: () => ({ session: (current) => ({ ...current, visits: (current.visits ?? 0) + 1 }) }),
  equal: (session) => ({ session: { ...session } }),
  "object-recreate": (session) => ({ session: oneMore(session), sessionRecreate: true }),
  "function-recreate": () => ({
    session: (current) => ({ ...current, visits: (current.visits ?? 0) + 1 }),
    sessionRecreate: true,
  }),
  null: () => ({ session: null }),
};

/** A row of the table “What a response does”. */
export interface Row {
  /** The name of the response in `answers`. */
  readonly answer: keyof typeof answers;
  readonly response: string;
  readonly had: readonly Had[];
  /** The calls of the store that the row promises. */
  readonly store: string;
  /** The Set-Cookie that the row promises. */
  readonly cookie: string;
}

const ifAnother = "only if the store answered another key";

/** The table, row by row. */
export const rows: readonly Row[] = [
  row("silence", "nothing", ["K", "unknown", "none"], "nothing", "none"),
  row("attributes", "sessionCookieAttrs", ["K"], "nothing", "the same key again"),
  row("recreate", "sessionRecreate", ["K"], "write the session under a new key, delete K", "new key"),
  row("object", "session: object", ["none", "unknown"], "write new", "new key"),
  row("function", "session: function", ["none", "unknown"], "write new", "new key"),
  row("equal", "session: equal object", ["K"], "nothing", "none"),
  row("object", "session: object", ["K"], "update K", ifAnother),
  row("function", "session: function", ["K"], "update K", ifAnother),
  row("object-recreate", "session: object, sessionRecreate", ["K"], "write new, then delete K", "new key"),
  row("function-recreate", "session: function, sessionRecreate", ["K"], "write new, then delete K", "new key"),
  row("null", "session: null", ["K"], "delete K", "expired"),
  row("null", "session: null", ["unknown"], "nothing", "expired"),
  row("null", "session: null", ["none"], "nothing", "none"),
];

function row(answer: keyof typeof answers, response: string, had: readonly Had[], store: string, cookie: string): Row {
  return { answer, response, had, store, cookie };
}

function oneMore(session: App): App {
  return { ...session, visits: (session.visits ?? 0) + 1 };
}
