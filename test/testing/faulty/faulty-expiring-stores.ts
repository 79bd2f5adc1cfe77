import type { SessionStore, StoreContext } from "../../../src/types.ts";
import type { Fault } from "./fault.ts";
import { changed, soundPlainStore, soundAtomicStore } from "./sound-store.ts";

const over = "after its time a session is gone";
const restarts = "reading restarts the idle clock";
const alone = "a read without a time to live leaves the clock alone";
const endless = "a write without a time to live sets no end";
const exact = "a session ends when its time is over, to a second";
const unusual = "a time to live may have a fraction, and may be 400 days";
const updateRestarts = "an update restarts the idle clock";
const lastSecond = "an update is in time until the last second";

/** Stores with faults in the end of sessions. */
export const expiringFaults: readonly Fault[] = [
  [
    "counts in minutes",
    [over, exact, unusual],
    () =>
      soundPlainStore(({ store }) => ({
        readSession: (key, context) => {
          const minute = Math.floor((context.now - 1_700_000_000_000) / 60_000) * 60_000;
          return store.readSession(key, changed(context, { now: 1_700_000_000_000 + minute }));
        },
      })),
  ],
  [
    "never ends a session",
    [over, restarts, alone, exact, unusual],
    () =>
      soundPlainStore(({ store }) => ({
        readSession: (key, context) => store.readSession(key, changed(context, { now: 0, ttl: undefined })),
      })),
  ],
  [
    "counts from the last write",
    [restarts, exact],
    () =>
      soundAtomicStore(({ store }) => ({
        readSession: (key, context) => store.readSession(key, changed(context, { ttl: undefined })),
      })),
  ],
  [
    "takes a time to live for milliseconds",
    [restarts, alone, exact, unusual, updateRestarts, lastSecond],
    () =>
      soundAtomicStore(({ store }) => {
        const short = (context: StoreContext): StoreContext =>
          context.ttl === undefined ? context : changed(context, { ttl: Math.max(10, context.ttl / 1000) });
        return {
          readSession: (key, context) => store.readSession(key, short(context)),
          writeSession: (key, session, context) => store.writeSession(key, session, short(context)),
          updateSession: (key, update, seen, context) => store.updateSession(key, update, seen, short(context)),
        };
      }),
  ],
  [
    "has its own time to live for reads",
    [alone, exact, unusual, lastSecond],
    () =>
      soundAtomicStore(({ store }) => ({
        readSession: (key, context) => store.readSession(key, changed(context, { ttl: context.ttl ?? 1800 })),
      })),
  ],
  [
    "has its own time to live for writes",
    [endless],
    () =>
      soundAtomicStore(({ store }) => ({
        writeSession: (key, session, context) =>
          store.writeSession(key, session, changed(context, { ttl: context.ttl ?? 86_400 })),
      })),
  ],
  [
    "ends a session a little early",
    [exact, unusual],
    () =>
      soundPlainStore(({ store }) => ({
        readSession: (key, context) => store.readSession(key, changed(context, { now: context.now + 3000 })),
      })),
  ],
  ["counts milliseconds in 32 bits", [unusual], living((ttl) => ((ttl * 1000) | 0) / 1000)],
  ["lives for whole minutes", [unusual], living((ttl) => Math.ceil(ttl / 60) * 60)],
  [
    "refuses a fraction of a second",
    [unusual],
    living((ttl) => {
      if (Number.isInteger(ttl)) return ttl;
      throw new RangeError("value is not an integer or out of range");
    }),
  ],
  [
    "refuses updates in the last seconds",
    [lastSecond],
    () =>
      soundAtomicStore(({ rows, store }) => ({
        updateSession: (key, update, seen, context) =>
          (rows.get(key)?.end ?? 0) - context.now < 5000 ? undefined : store.updateSession(key, update, seen, context),
      })),
  ],
];

/** Makes a store that changes the time to live. */
function living(change: (ttl: number) => number): () => SessionStore {
  const other = (context: StoreContext): StoreContext =>
    context.ttl === undefined ? context : changed(context, { ttl: change(context.ttl) });
  return () =>
    soundPlainStore(({ store }) => ({
      readSession: (key, context) => store.readSession(key, other(context)),
      writeSession: (key, session, context) => store.writeSession(key, session, other(context)),
    }));
}
