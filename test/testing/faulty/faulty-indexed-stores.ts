import { setImmediate as turn } from "node:timers/promises";

import type { StoreContext } from "../../../src/types.ts";
import type { Fault } from "./fault.ts";
import { changed, handle, soundStore, stored, type FullStore, type Row, type Sound } from "./sound-store.ts";

const holds = "a list holds the live sessions of its principal, and nobody else's";
const handles = "a list has handles, and never a key";
const times = "a list says when a session was made and last used";
const over = "what is deleted, or is over, is in no list and is not revoked";
const alive = "a session that is kept alive stays in the list";
const moves = "a session whose principal changes moves to the other list, and out of all without one";
const revoking = "revoking ends all sessions of a principal, all but one, or one, and answers which";
const strange = "a handle of somebody else, or that is none, revokes and spares nothing";
const revoked = "what was revoked is not brought back by an update";
const sameTime = "after changes at the same time, what is in the list is what can be read";
const hundred = "a principal may have a hundred sessions";
const apart = "principals are kept apart, whatever they are called";

/** Stores with faults in the sessions of a principal. */
export const indexedFaults: readonly Fault[] = [
  [
    "lists sessions without a principal for everybody",
    [holds, moves, apart],
    listing(({ principal }, of) => (principal ?? of) === of),
  ],
  [
    "lists every session twice",
    [holds, over, alive, moves, revoking, strange, sameTime, hundred, apart],
    () =>
      soundStore(({ store }) => ({
        async listSessions(principal, context) {
          const list = await store.listSessions(principal, context);
          return [...list, ...list];
        },
      })),
  ],
  [
    "tells the key beside the handle",
    [handles],
    () =>
      soundStore(({ rows, store }) => ({
        async listSessions(principal, context) {
          const list = await store.listSessions(principal, context);
          return list.map((each) => ({ ...each, key: [...rows.keys()].find((key) => handle(key) === each.handle) }));
        },
      })),
  ],
  [
    "gives the last use as the time of creation",
    [times],
    () =>
      soundStore(({ store }) => ({
        async listSessions(principal, context) {
          const list = await store.listSessions(principal, context);
          return list.map((each) => ({ ...each, created: each.lastSeen }));
        },
      })),
  ],
  [
    "does not count a read as a use",
    [times],
    () =>
      soundStore(({ rows, store }) => ({
        async readSession(key, context) {
          const seen = rows.get(key)?.seen ?? 0;
          const session = await store.readSession(key, context);
          const row = rows.get(key);
          if (row !== undefined) row.seen = seen;
          return session;
        },
      })),
  ],
  [
    "computes the last use from the idle time of the caller",
    [times],
    () =>
      soundStore(({ rows, store }) => ({
        async listSessions(principal, context) {
          const list = await store.listSessions(principal, context);
          const { idle = 0 } = context;
          const endOf = (sought: string): number =>
            [...rows].find(([key]) => handle(key) === sought)?.[1].end ?? Infinity;
          return list.map((each) => ({ ...each, lastSeen: endOf(each.handle) - idle * 1000 }));
        },
      })),
  ],
  [
    "lists expired sessions",
    [over],
    () =>
      soundStore(({ rows }) => ({
        listSessions: (principal) => [...rows].filter(([, row]) => row.principal === principal).map(stored),
      })),
  ],
  [
    "does not extend an entry of its index with the session",
    [alive],
    () =>
      soundStore(({ rows, store }) => {
        const ends = new Map<string, number>();
        return {
          async writeSession(given, session, context) {
            const key = await store.writeSession(given, session, context);
            ends.set(key, rows.get(key)?.end ?? 0);
            return key;
          },
          listSessions: async (principal, context) =>
            [...rows]
              .filter(([key, row]) => row.principal === principal && (ends.get(key) ?? 0) >= context.now)
              .map(stored),
        };
      }),
  ],
  [
    "reads the principal before the update has run",
    [moves, sameTime],
    () =>
      soundStore(({ store }) => ({
        updateSession: (key, update, seen, context) => store.updateSession(key, update, seen, { ...context }),
      })),
  ],
  [
    "keeps a session that has lost its principal in the list",
    [moves],
    () =>
      soundStore(({ rows, store }) => ({
        async updateSession(key, update, seen, context) {
          const before = rows.get(key)?.principal;
          const answer = await store.updateSession(key, update, seen, context);
          const row = rows.get(key);
          if (row !== undefined) row.principal ??= before;
          return answer;
        },
      })),
  ],
  [
    "revokes a session that has moved to another list",
    [moves, sameTime],
    () =>
      soundStore(({ rows, store }) => {
        const first = new Map<string, string | undefined>();
        return {
          async writeSession(given, session, context) {
            const key = await store.writeSession(given, session, context);
            if (!first.has(key)) first.set(key, context.principal);
            return key;
          },
          revokeSessions(principal, which, context) {
            for (const [key, row] of rows) if (first.get(key) === principal) row.principal = principal;
            return store.revokeSessions(principal, which, context);
          },
        };
      }),
  ],
  [
    "treats a handle to revoke as one to keep",
    [revoking, strange, sameTime],
    () =>
      soundStore(({ store }) => ({
        revokeSessions: (principal, { except, only }, context) =>
          store.revokeSessions(principal, { except: except ?? only }, context),
      })),
  ],
  [
    "does not return what it has revoked",
    [over, alive, revoking, strange, hundred, apart],
    () =>
      soundStore(({ store }) => ({
        async revokeSessions(principal, which, context) {
          await store.revokeSessions(principal, which, context);
          return [];
        },
      })),
  ],
  [
    "revokes a session by its handle for any principal",
    [moves, strange],
    () =>
      soundStore(({ rows, store }) => ({
        revokeSessions(principal, which, context) {
          const found = [...rows].find(([key]) => handle(key) === which.only);
          return store.revokeSessions(found?.[1].principal ?? principal, which, context);
        },
      })),
  ],
  [
    "revokes all if the handle is empty",
    [strange],
    () =>
      soundStore(({ store }) => ({
        revokeSessions: (principal, { except, only }, context) =>
          store.revokeSessions(principal, only ? { only } : { except }, context),
      })),
  ],
  [
    "revokes by a mark, which an update removes",
    [revoked],
    () =>
      soundStore(({ rows, store }) => {
        const marked = new Set<string>();
        const seen = ({ rows: all }: Pick<Sound, "rows">, principal: string): [string, Row][] =>
          [...all].filter(([key, row]) => row.principal === principal && !marked.has(key));
        return {
          readSession: (key, context) => (marked.has(key) ? undefined : store.readSession(key, context)),
          updateSession(key, update, before, context) {
            marked.delete(key);
            return store.updateSession(key, update, before, context);
          },
          listSessions: (principal, { now }) =>
            seen({ rows }, principal)
              .filter(([, { end }]) => end >= now)
              .map(stored),
          revokeSessions(principal, { except, only }, { now }) {
            const found = seen({ rows }, principal).filter(
              ([key, { end }]) => end >= now && (only === undefined ? handle(key) !== except : handle(key) === only),
            );
            for (const [key] of found) marked.add(key);
            return found.map(([key]) => handle(key));
          },
        };
      }),
  ],
  [
    "overwrites its index with an older version at each change",
    [revoking, sameTime, hundred],
    () =>
      soundStore(({ rows, store }) => {
        let index: readonly string[] = [];
        return {
          async writeSession(given, session, context) {
            const before = index;
            await turn();
            const key = await store.writeSession(given, session, context);
            index = [...before, key];
            return key;
          },
          async listSessions(principal, context) {
            const list = await store.listSessions(principal, context);
            const known = new Set(index.filter((key) => rows.has(key)).map(handle));
            return list.filter((each) => known.has(each.handle));
          },
        };
      }),
  ],
  [
    "lists fifty sessions at most",
    [hundred],
    () =>
      soundStore(({ store }) => ({
        listSessions: async (principal, context) => (await store.listSessions(principal, context)).slice(0, 50),
      })),
  ],
  ["trims the names of principals", [apart], naming((name) => name.trim())],
  ["does not tell upper case from lower", [apart], naming((name) => name.toLowerCase())],
  ["does not tell two spellings of é apart", [apart], naming((name) => name.normalize())],
  ["keeps names of principals as UTF-8", [apart], naming((name) => Buffer.from(name).toString())],
  ["keeps names of principals up to a NUL", [apart], naming((name) => name.split("\0")[0] ?? "")],
  ["keeps 1000 characters of a principal's name", [apart], naming((name) => name.slice(0, 1000))],
  ['takes the name "undefined" for no principal', [apart], naming((name) => (name === "undefined" ? undefined : name))],
  ["takes the empty name for no principal", [apart], naming((name) => (name === "" ? undefined : name))],
  [
    "takes a name with a star for a pattern",
    [apart],
    listing(({ principal = "" }, of) =>
      of.endsWith("*") ? principal.startsWith(of.slice(0, -1)) && principal !== "" : principal === of,
    ),
  ],
];

/** Makes a store that lists other rows. */
function listing(belongs: (row: Row, principal: string) => boolean): () => FullStore {
  return () =>
    soundStore(({ rows }) => ({
      listSessions: (principal, { now }) =>
        [...rows].filter(([, row]) => row.end >= now && belongs(row, principal)).map(stored),
    }));
}

/** Makes a store that renames principals. */
function naming(rename: (name: string) => string | undefined): () => FullStore {
  const renamed = (context: StoreContext): StoreContext => {
    return Object.defineProperty(changed(context, {}), "principal", {
      get: () => (context.principal === undefined ? undefined : rename(context.principal)),
    });
  };
  return () =>
    soundStore(({ store }) => ({
      writeSession: (key, session, context) => store.writeSession(key, session, renamed(context)),
      updateSession: (key, update, seen, context) => store.updateSession(key, update, seen, renamed(context)),
      listSessions: (principal, context) => store.listSessions(rename(principal) as string, context),
      revokeSessions: (principal, which, context) => store.revokeSessions(rename(principal) as string, which, context),
    }));
}
