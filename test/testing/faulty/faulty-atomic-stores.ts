import { setImmediate as turn } from "node:timers/promises";

import type { SessionData } from "../../../src/types.ts";
import type { Fault } from "./fault.ts";
import { copied, endOf, soundAtomicStore } from "./sound-store.ts";

const newest = "an update changes the newest session, whatever the caller has seen";
const lost = "of updates at the same time none is lost";
const deleted = "an update never brings back what was deleted";
const meets = "an update that meets a deletion does not undo it";
const expired = "an update never brings back what has expired, nor makes what never was";
const answersNull = "an update that answers null deletes, and answers the key";
const throwing = "an update that throws changes nothing";
const objects = "what a caller does to the objects of an update later is not stored";
const updateRestarts = "an update restarts the idle clock";
const lastSecond = "an update is in time until the last second";

/** Stores with faults in updates. */
export const atomicFaults: readonly Fault[] = [
  [
    "updates the session that the caller has read",
    [newest, lost],
    () =>
      soundAtomicStore(({ store }) => ({
        updateSession: (key, update, seen, context) =>
          store.updateSession(key, (current) => update(seen ?? current), seen, context),
      })),
  ],
  [
    "loses updates",
    [lost],
    () =>
      soundAtomicStore(({ rows, alive, store }) => ({
        async updateSession(key, update, seen, context) {
          const row = alive(key, context);
          if (row === undefined) return undefined;
          const next = update(copied(row.session));
          await turn();
          return rows.has(key) ? store.updateSession(key, () => next, seen, context) : undefined;
        },
      })),
  ],
  [
    "updates a session that is only marked as deleted",
    [deleted, meets],
    () =>
      soundAtomicStore(({ store }) => {
        const marked = new Set<string>();
        return {
          readSession: (key, context) => (marked.has(key) ? undefined : store.readSession(key, context)),
          deleteSession: (key) => void marked.add(key),
          updateSession(key, update, seen, context) {
            marked.delete(key);
            return store.updateSession(key, update, seen, context);
          },
        };
      }),
  ],
  [
    "makes a deleted session again",
    [lastSecond, deleted, meets, expired, answersNull],
    () =>
      soundAtomicStore(({ alive, store }) => ({
        async updateSession(key, update, seen, context) {
          if (alive(key, context) === undefined) await store.writeSession(key, {}, context);
          return store.updateSession(key, update, seen, context);
        },
      })),
  ],
  [
    "locks updates, but not deletions",
    [meets],
    () =>
      soundAtomicStore(({ rows, alive, store }) => {
        let last: Promise<unknown> = Promise.resolve();
        return {
          async updateSession(key, update, seen, context) {
            const before = last;
            const run = async (): Promise<string | undefined> => {
              await before.catch(() => undefined);
              const row = alive(key, context);
              if (row === undefined) return undefined;
              await turn();
              rows.set(key, row);
              return store.updateSession(key, update, seen, context);
            };
            const answer = run();
            last = answer;
            return answer;
          },
        };
      }),
  ],
  [
    "updates an expired session",
    [lastSecond, expired],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        updateSession(key, update, seen, context) {
          const row = rows.get(key);
          if (row !== undefined) row.end = Infinity;
          return store.updateSession(key, update, seen, context);
        },
      })),
  ],
  [
    "returns no key if an update deletes",
    [answersNull],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        async updateSession(key, update, seen, context) {
          const answer = await store.updateSession(key, update, seen, context);
          return rows.has(key) ? answer : undefined;
        },
      })),
  ],
  [
    "removes a session while it is updated",
    [throwing],
    () =>
      soundAtomicStore(({ rows, store, alive }) => ({
        updateSession: (key, update, seen, context) => {
          const row = alive(key, context);
          const change = (current: SessionData): SessionData | null => {
            rows.delete(key);
            const next = update(current);
            if (row !== undefined) rows.set(key, row);
            return next;
          };
          return store.updateSession(key, change, seen, context);
        },
      })),
  ],
  [
    "updates in place",
    [throwing, objects],
    () =>
      soundAtomicStore(({ rows, alive }) => ({
        async updateSession(key, update, _seen, context) {
          const row = alive(key, context);
          if (row === undefined) return undefined;
          const next = update(row.session);
          if (next === null) rows.delete(key);
          else rows.set(key, { ...row, session: next, end: endOf(context), principal: context.principal });
          return key;
        },
      })),
  ],
  [
    "keeps the object that an update returns",
    [objects],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        async updateSession(key, update, seen, context) {
          let answered: SessionData | null = null;
          const answer = await store.updateSession(key, (current) => (answered = update(current)), seen, context);
          const row = rows.get(key);
          if (row !== undefined && answered !== null) row.session = answered;
          return answer;
        },
      })),
  ],
  [
    "does not restart the clock with an update",
    [updateRestarts, lastSecond],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        async updateSession(key, update, seen, context) {
          const end = rows.get(key)?.end ?? 0;
          const answer = await store.updateSession(key, update, seen, context);
          const row = rows.get(key);
          if (row !== undefined) row.end = end;
          return answer;
        },
      })),
  ],
];
