import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

import type { StoreBreakdown } from "../../../src/testing/testing.ts";
import type { SessionData, StoreContext } from "../../../src/types.ts";
import type { HarnessedFault, Subject } from "./fault.ts";
import { changed, copied, soundStore, type FullStore, type Row, type Sound } from "./sound-store.ts";

const throwing = "an update that throws changes nothing";
const sees = "what one store does, another on the same data sees";
const lost = "of updates through two stores on the same data none is lost";
const deleted = "what one store deletes, another on the same data does not bring back";
const lists = "what one store has written, another on the same data lists and revokes";
const hangs = "while what it stands on hangs, no call looks like a success";
const fails = "while what it stands on fails, every call fails";
const failsAfter = "while answers are lost, every call fails";
const once = "an update whose answer is lost has happened once, or not at all";
const recovers = "once what it stands on is mended, it works again by itself";

/** Makes a sound store with a full harness, but without its own clock. */
export function soundSubject(): Subject {
  const rows = new Map<string, Row>();
  const { store, breakDown } = breakable(soundStore(undefined, rows));
  return { store, harness: { breakDown, another: () => soundStore(undefined, rows) } };
}

/** Makes a sound store with its own clock. */
export function soundSubjectWithClock(): Subject {
  let now = 1_700_000_000_000;
  const advance = (seconds: number): void => {
    now += seconds * 1000;
  };
  const own = (context: StoreContext): StoreContext => changed(context, { now });
  const store = soundStore(({ store: sound }) => ({
    readSession: (key, context) => sound.readSession(key, own(context)),
    writeSession: (key, session, context) => sound.writeSession(key, session, own(context)),
    updateSession: (key, update, seen, context) => sound.updateSession(key, update, seen, own(context)),
    listSessions: (principal, context) => sound.listSessions(principal, own(context)),
    revokeSessions: (principal, which, context) => sound.revokeSessions(principal, which, own(context)),
  }));
  return { store, harness: { advance } };
}

/** Stores with faults that show beside another store on the same data, or when the backend breaks. */
export const harnessedFaults: readonly HarnessedFault[] = [
  [
    "caches sessions in its process",
    [sees],
    sharing(({ store }) => {
      const cache = new Map<string, SessionData>();
      return {
        async readSession(key, context) {
          const session = await store.readSession(key, context);
          if (session === undefined) return undefined;
          cache.set(key, cache.get(key) ?? session);
          return copied(cache.get(key) ?? session);
        },
        updateSession(key, update, seen, context) {
          cache.delete(key);
          return store.updateSession(key, update, seen, context);
        },
        writeSession(key, session, context) {
          cache.delete(key ?? "");
          return store.writeSession(key, session, context);
        },
      };
    }),
  ],
  [
    "queues updates in its process alone",
    [lost],
    sharing(({ alive, rows, store }) => {
      const inTurn = queue();
      return {
        updateSession: async (key, update, seen, context) =>
          inTurn(async () => {
            const row = alive(key, context);
            const next = row && update(copied(row.session));
            await turn();
            if (next === undefined || !rows.has(key)) return undefined;
            return store.updateSession(key, () => next, seen, context);
          }),
      };
    }),
  ],
  [
    "queues updates and deletions in its process alone",
    [lost, deleted],
    sharing(({ alive, rows, store }) => {
      const inTurn = queue();
      return {
        deleteSession: async (key, context) => inTurn(async () => store.deleteSession(key, context)),
        updateSession: async (key, update, seen, context) =>
          inTurn(async () => {
            const row = alive(key, context);
            const next = row && update(copied(row.session));
            await turn();
            if (row === undefined || next === undefined) return undefined;
            rows.set(key, row);
            return store.updateSession(key, () => next, seen, context);
          }),
      };
    }),
  ],
  [
    "keeps its index in its process",
    [lists],
    sharing(({ store }) => {
      const own = new Set<string>();
      return {
        writeSession(key, session, context) {
          own.add(context.principal ?? "");
          return store.writeSession(key, session, context);
        },
        async updateSession(key, update, seen, context) {
          const answer = await store.updateSession(key, update, seen, context);
          own.add(context.principal ?? "");
          return answer;
        },
        listSessions: (principal, context) => (own.has(principal) ? store.listSessions(principal, context) : []),
      };
    }),
  ],
  [
    "returns nothing if the backend hangs",
    [hangs],
    breaking(async (call, { signal }) =>
      Promise.race([
        call(),
        new Promise<undefined>((resolve) => signal?.addEventListener("abort", () => resolve(undefined))),
      ]),
    ),
  ],
  ["returns nothing if the backend fails", [throwing, fails, failsAfter, once], breaking(silently)],
  [
    "succeeds if an answer is lost",
    [failsAfter],
    () => {
      const { store, breakDown } = breakable(soundStore());
      return { store, harness: { breakDown: (how) => (how === "fail-after" ? () => undefined : breakDown(how)) } };
    },
  ],
  [
    "repeats a failed call",
    [once],
    breaking(async (call, { signal }) => {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          if (signal === undefined || signal.aborted) throw error;
          await wait(10);
        }
      }
    }),
  ],
  [
    "never connects again",
    [throwing, once, recovers],
    () => {
      let broken = false;
      const makeSubject = breaking(async (call) => {
        if (broken) throw new Error("not connected");
        try {
          return await call();
        } catch (error) {
          broken = true;
          throw error;
        }
      });
      return makeSubject();
    },
  ],
];

interface Breakable {
  readonly store: FullStore;
  readonly breakDown: (how: StoreBreakdown) => () => void;
}

type Around = (call: () => Promise<unknown>, context: StoreContext) => Promise<unknown>;

const CALLS = [
  "readSession",
  "writeSession",
  "deleteSession",
  "updateSession",
  "listSessions",
  "revokeSessions",
] as const;

/** Wraps each call of a store. */
function around(store: FullStore, wrap: Around): FullStore {
  const wrapped = CALLS.map((name) => {
    const call = store[name] as (...args: unknown[]) => unknown;
    const run = async (...args: unknown[]): Promise<unknown> =>
      wrap(async () => call(...args), args.at(-1) as StoreContext);
    return [name, run];
  });
  return Object.fromEntries(wrapped);
}

/** Makes a store that can be broken, on a backend. */
function breakable(backend: FullStore): Breakable {
  let broken: StoreBreakdown | undefined;
  const store = around(backend, async (call) => {
    const how = broken;
    if (how === "hang") return new Promise(() => undefined);
    if (how === "fail") throw new Error("connection refused");
    const answer = await call();
    if (how === "fail-after") throw new Error("connection reset");
    return answer;
  });
  const breakDown = (how: StoreBreakdown) => {
    broken = how;
    return () => {
      broken = undefined;
    };
  };
  return { store, breakDown };
}

function breaking(wrap: Around): () => Subject {
  return () => {
    const { store, breakDown } = breakable(soundStore());
    return { store: around(store, wrap), harness: { breakDown } };
  };
}

function sharing(replace: (sound: Sound) => Partial<FullStore>): () => Subject {
  return () => {
    const rows = new Map<string, Row>();
    return { store: soundStore(replace, rows), harness: { another: () => soundStore(replace, rows) } };
  };
}

async function silently(call: () => Promise<unknown>): Promise<unknown> {
  return call().catch(() => undefined);
}

function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (run) => {
    const answer = last.then(run, run);
    last = answer.catch(() => undefined);
    return answer;
  };
}
