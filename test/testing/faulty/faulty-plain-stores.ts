import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";

import type { SessionData, SessionStore } from "../../../src/types.ts";
import type { Fault } from "./fault.ts";
import { copied, endOf, freshKey, soundPlainStore, soundAtomicStore } from "./sound-store.ts";

const unknown = "an unknown key reads as undefined";
const equal = "what is written reads back equal";
const apart = "sessions are kept apart";
const whole = "a session written over another replaces it whole";
const later = "what a caller does to an object later is not stored";
const refused = "what it could not give back unchanged is refused";
const fresh = "a fresh key is fit for a cookie and carries at least 128 random bits";
const twice = "deleting twice is fine, and so is deleting what was never there";
const gone = "what is deleted is gone";
const malformed = "a malformed key is no session and no error";
const large = "a large session comes back equal, or is refused when it is written";

/** Stores with faults in the functions that every store has. */
export const plainFaults: readonly Fault[] = [
  [
    "makes a session of a key it does not know",
    [unknown, malformed],
    () =>
      soundPlainStore(({ rows, store }) => ({
        readSession: (key, context) => (rows.has(key) ? store.readSession(key, context) : {}),
        deleteSession: (key) => void rows.set(key, { session: {}, end: 0, principal: undefined, created: 0, seen: 0 }),
      })),
  ],
  [
    "loses a __proto__ on the way",
    [equal],
    () =>
      soundAtomicStore(({ alive, store }) => ({
        async readSession(key, context) {
          await store.readSession(key, context);
          const row = alive(key, context);
          return row && Object.assign({}, copied(row.session));
        },
      })),
  ],
  [
    "deletes all sessions for one",
    [apart],
    () => soundAtomicStore(({ rows }) => ({ deleteSession: () => rows.clear() })),
  ],
  [
    "merges a written session into the old one",
    [whole],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        writeSession: (key, session, context) =>
          store.writeSession(key, { ...rows.get(key ?? "")?.session, ...session }, context),
      })),
  ],
  [
    "keeps the caller's object",
    [later],
    () =>
      soundAtomicStore(({ rows, alive, store }) => ({
        async readSession(key, context) {
          const row = alive(key, context);
          if (row !== undefined && context.ttl !== undefined) row.end = endOf(context);
          return row?.session;
        },
        async writeSession(given, session, context) {
          const key = await store.writeSession(given, session, context);
          const row = rows.get(key);
          if (row !== undefined) row.session = session;
          return key;
        },
      })),
  ],
  [
    "stores what JSON makes of a value",
    [refused],
    () =>
      soundAtomicStore(({ store }) => ({
        writeSession: (key, session, context) =>
          store.writeSession(key, JSON.parse(JSON.stringify(session)) as SessionData, context),
      })),
  ],
  ["makes UUIDs its keys", [fresh], withKeys(randomUUID)],
  ["makes keys of 15 random bytes", [fresh], withKeys(() => randomBytes(15).toString("base64url"))],
  ["makes keys of 21 random characters", [fresh], withKeys(() => freshKey().slice(0, 21))],
  ["counts its keys", [fresh], withKeys(counted())],
  ["makes keys with spaces", [fresh], withKeys(() => `${freshKey()} ${freshKey()}`)],
  ["makes keys with semicolons", [fresh], withKeys(() => `${freshKey()};${freshKey()}`)],
  ["makes keys that are not ASCII", [fresh], withKeys(() => `${freshKey()}é${freshKey()}`)],
  [
    "fails to delete a session twice",
    [twice],
    () =>
      soundAtomicStore(({ store }) => {
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
    "fails at a NUL",
    [malformed],
    () =>
      soundAtomicStore(({ store }) => ({
        readSession(key, context) {
          assert.ok(!key.includes("\0"));
          return store.readSession(key, context);
        },
      })),
  ],
  [
    "finds inherited properties as keys",
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
    "keeps 65,536 characters of a text",
    [large],
    () =>
      soundPlainStore(({ store }) => ({
        writeSession: (key, session, context) => store.writeSession(key, cut(session), context),
      })),
  ],
  [
    "keeps 65,536 characters of a text in an update",
    [large],
    () =>
      soundAtomicStore(({ store }) => ({
        updateSession: (key, update, seen, context) => {
          const cutting = (current: SessionData): SessionData | null => {
            const next = update(current);
            return next && cut(next);
          };
          return store.updateSession(key, cutting, seen, context);
        },
      })),
  ],
];

function cut(session: SessionData): SessionData {
  const { text } = session;
  return typeof text === "string" ? { ...session, text: text.slice(0, 65_536) } : session;
}

function withKeys(makeKey: () => string): () => SessionStore {
  return () =>
    soundAtomicStore(({ store }) => ({
      writeSession: (key = makeKey(), session, context) => store.writeSession(key, session, context),
    }));
}

function counted(): () => string {
  let count = 0;
  return () => `session-${String(++count).padStart(40, "0")}`;
}
