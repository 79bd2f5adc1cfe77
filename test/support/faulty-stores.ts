import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";

import type { SessionData, SessionStore, StoreContext } from "../../src/types.ts";
import { copied, endOf, freshKey, soundPlainStore, soundStore } from "./sound-store.ts";

/** What a store does wrong, the laws that it breaks by that, and the store. */
export type Fault = readonly [fault: string, laws: readonly string[], makeStore: () => SessionStore];

/** Stores with one fault each. Laws are named in their order. */
export function faults(): readonly Fault[] {
  const unknown = "an unknown key reads as undefined";
  const equal = "what is written reads back equal";
  const apart = "sessions are kept apart";
  const whole = "a session written over another replaces it whole";
  const later = "what a caller does to an object later is not stored";
  const refused = "what it could not give back unchanged is refused";
  const fresh = "a fresh key is fit for a cookie and carries at least 128 random bits";
  const twice = "deleting twice is fine, and so is deleting what was never there";
  const gone = "what is deleted is gone";
  const over = "after its time a session is gone";
  const restarts = "reading restarts the idle clock";
  const alone = "a read without a time to live leaves the clock alone";
  const endless = "a write without a time to live sets no end";
  const malformed = "a malformed key is no session and no error";
  const newest = "an update changes the newest session, whatever the caller has seen";
  const lost = "of updates at the same time none is lost";
  const deleted = "an update never brings back what was deleted";
  const meets = "an update that meets a deletion does not undo it";
  const expired = "an update never brings back what has expired, nor makes what never was";
  const answersNull = "an update that answers null deletes, and answers the key";
  const throwing = "an update that throws changes nothing";
  const objects = "what a caller does to the objects of an update later is not stored";
  const updateRestarts = "an update restarts the idle clock";

  const withKeys = (makeKey: () => string) => () =>
    soundStore(({ store }) => ({
      writeSession: (key = makeKey(), session, context) => store.writeSession(key, session, context),
    }));
  let count = 0;

  return [
    [
      "makes a session of a key it does not know",
      [unknown, malformed],
      () =>
        soundPlainStore(({ rows, store }) => ({
          readSession: (key, context) => (rows.has(key) ? store.readSession(key, context) : {}),
          deleteSession: (key) => void rows.set(key, { session: {}, end: 0 }),
        })),
    ],
    [
      "loses a __proto__ on the way",
      [equal],
      () =>
        soundStore(({ alive, store }) => ({
          async readSession(key, context) {
            await store.readSession(key, context);
            const row = alive(key, context);
            return row && Object.assign({}, copied(row.session));
          },
        })),
    ],
    ["deletes all sessions for one", [apart], () => soundStore(({ rows }) => ({ deleteSession: () => rows.clear() }))],
    [
      "puts what is written over what was there",
      [whole],
      () =>
        soundStore(({ rows, store }) => ({
          writeSession: (key, session, context) =>
            store.writeSession(key, { ...rows.get(key ?? "")?.session, ...session }, context),
        })),
    ],
    [
      "keeps the caller's object",
      [later],
      () =>
        soundStore(({ rows, alive, store }) => ({
          async readSession(key, context) {
            const row = alive(key, context);
            if (row !== undefined && context.ttl !== undefined) row.end = endOf(context);
            return row?.session;
          },
          async writeSession(key = freshKey(), session, context) {
            rows.set(key, { session, end: endOf(context) });
            return key;
          },
          updateSession: store.updateSession,
        })),
    ],
    [
      "writes down whatever JSON makes of it",
      [refused],
      () =>
        soundStore(({ store }) => ({
          writeSession: (key, session, context) =>
            store.writeSession(key, JSON.parse(JSON.stringify(session)) as SessionData, context),
        })),
    ],
    ["makes UUIDs its keys", [fresh], withKeys(randomUUID)],
    ["makes keys of 15 random bytes", [fresh], withKeys(() => randomBytes(15).toString("base64url"))],
    ["makes keys of 21 random characters", [fresh], withKeys(() => freshKey().slice(0, 21))],
    ["counts its keys", [fresh], withKeys(() => `session-${String(++count).padStart(40, "0")}`)],
    ["makes keys with spaces", [fresh], withKeys(() => `${freshKey()} ${freshKey()}`)],
    ["makes keys with semicolons", [fresh], withKeys(() => `${freshKey()};${freshKey()}`)],
    ["makes keys that are not ASCII", [fresh], withKeys(() => `${freshKey()}é${freshKey()}`)],
    [
      "fails to delete what it has deleted",
      [twice],
      () =>
        soundStore(({ store }) => {
          const past = new Set<string>();
          return {
            deleteSession(key, context) {
              assert.ok(!past.has(key));
              past.add(key);
              return store.deleteSession(key, context);
            },
          };
        }),
    ],
    ["deletes nothing", [gone], () => soundPlainStore(() => ({ deleteSession: () => undefined }))],
    [
      "counts in minutes",
      [over],
      () =>
        soundPlainStore(({ store }) => ({
          readSession: (key, context) => {
            const minute = Math.floor((context.now - 1_700_000_000_000) / 60_000) * 60_000;
            return store.readSession(key, { ...context, now: 1_700_000_000_000 + minute });
          },
        })),
    ],
    [
      "knows no time",
      [over, restarts, alone],
      () =>
        soundPlainStore(({ store }) => ({
          readSession: (key, context) => store.readSession(key, { ...context, now: 0, ttl: undefined }),
        })),
    ],
    [
      "counts from the last write",
      [restarts],
      () =>
        soundStore(({ store }) => ({
          readSession: (key, context) => store.readSession(key, { ...context, ttl: undefined }),
        })),
    ],
    [
      "takes milliseconds for seconds",
      [restarts, alone, updateRestarts],
      () =>
        soundStore(({ store }) => {
          const short = (context: StoreContext): StoreContext =>
            context.ttl === undefined ? context : { ...context, ttl: Math.max(10, context.ttl / 1000) };
          return {
            readSession: (key, context) => store.readSession(key, short(context)),
            writeSession: (key, session, context) => store.writeSession(key, session, short(context)),
            updateSession: (key, update, seen, context) => store.updateSession(key, update, seen, short(context)),
          };
        }),
    ],
    [
      "has a time to live of its own for reads",
      [alone],
      () =>
        soundStore(({ store }) => ({
          readSession: (key, context) => store.readSession(key, { ...context, ttl: context.ttl ?? 1800 }),
        })),
    ],
    [
      "has a time to live of its own for writes",
      [endless],
      () =>
        soundStore(({ store }) => ({
          writeSession: (key, session, context) =>
            store.writeSession(key, session, { ...context, ttl: context.ttl ?? 86_400 }),
        })),
    ],
    [
      "fails at a NUL",
      [malformed],
      () =>
        soundStore(({ store }) => ({
          readSession(key, context) {
            assert.ok(!key.includes("\0"));
            return store.readSession(key, context);
          },
        })),
    ],
    [
      "looks keys up in an object",
      [malformed],
      () => {
        const sessions: Record<string, SessionData> = {};
        return soundPlainStore(({ store }) => ({
          readSession: (key, context) => sessions[key] && store.readSession(key, context),
          async writeSession(key, session, context) {
            const written = await store.writeSession(key, session, context);
            sessions[written] = session;
            return written;
          },
          deleteSession(key, context) {
            assert.notEqual(sessions[key], Object.prototype);
            return store.deleteSession(key, context);
          },
        }));
      },
    ],
    [
      "updates what the caller has seen",
      [newest, lost],
      () =>
        soundStore(({ store }) => ({
          updateSession: (key, update, seen, context) =>
            store.updateSession(key, (current) => update(seen ?? current), seen, context),
        })),
    ],
    [
      "loses updates",
      [lost],
      () =>
        soundStore(({ rows, alive, store }) => ({
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
      "updates what it has only marked as deleted",
      [deleted, meets],
      () =>
        soundStore(({ store }) => {
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
      "makes anew what is gone",
      [deleted, meets, expired, answersNull],
      () =>
        soundStore(({ alive, store }) => ({
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
        soundStore(({ rows, alive, store }) => {
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
      "updates what has expired",
      [expired],
      () =>
        soundStore(({ rows, store }) => ({
          updateSession(key, update, seen, context) {
            const row = rows.get(key);
            if (row !== undefined) row.end = Infinity;
            return store.updateSession(key, update, seen, context);
          },
        })),
    ],
    [
      "answers no key where an update deletes",
      [answersNull],
      () =>
        soundStore(({ rows, store }) => ({
          async updateSession(key, update, seen, context) {
            const answer = await store.updateSession(key, update, seen, context);
            return rows.has(key) ? answer : undefined;
          },
        })),
    ],
    [
      "takes a session out while it is updated",
      [throwing],
      () =>
        soundStore(({ rows, store, alive }) => ({
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
        soundStore(({ rows, alive }) => ({
          async updateSession(key, update, _seen, context) {
            const row = alive(key, context);
            if (row === undefined) return undefined;
            const next = update(row.session);
            if (next === null) rows.delete(key);
            else rows.set(key, { session: next, end: endOf(context) });
            return key;
          },
        })),
    ],
    [
      "keeps what an update answers",
      [objects],
      () =>
        soundStore(({ rows, store }) => ({
          async updateSession(key, update, seen, context) {
            let answered: SessionData | null = null;
            const answer = await store.updateSession(key, (current) => (answered = update(current)), seen, context);
            if (rows.has(key) && answered !== null) rows.set(key, { session: answered, end: endOf(context) });
            return answer;
          },
        })),
    ],
    [
      "lets an update leave the clock",
      [updateRestarts],
      () =>
        soundStore(({ rows, store }) => ({
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
}
