import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";

import type { AtomicSessionStore, Awaitable, SessionData, StoreContext } from "../../types.ts";
import { handleOf } from "../../crypto/session-key.ts";
import {
  at,
  isAtomicStore,
  isIndexed,
  law,
  newKey,
  type LawTools,
  type Store,
  type StoreBreakdown,
  type StoreLaw,
} from "./law.ts";

type BreakDown = NonNullable<LawTools["breakDown"]>;

type Outcome = { readonly is: "answered"; readonly value: unknown } | { readonly is: "rejected" | "pending" };

const rejected: Outcome = { is: "rejected" };

/** Milliseconds until the signal of a call fires. */
const CALL_DEADLINE = 250;
/** Milliseconds after which a call of a hanging store counts as pending. */
const HANGING = 500;
/** Milliseconds after which a call of a failing store counts as pending. */
const SILENT = 2000;
/** Milliseconds that a mended store may take to work again. */
const RECOVERY = 3000;

const CALL_PATIENCE: Readonly<Record<StoreBreakdown, number>> = { hang: HANGING, fail: SILENT, "fail-after": SILENT };

/**
 * Laws about faults. They take real time, because the faults are real. Each call has a signal that fires after a
 * quarter of a second.
 */
export const failingStoreLaws: readonly StoreLaw[] = [
  failingLaw("while what it stands on hangs, no call looks like a success", async (store, breakDown) => {
    const outcomes = await outcomesOf(store, breakDown, "hang");
    for (const [call, { is }] of outcomes) ok(is !== "answered", `${call} was answered`);
  }),
  failingLaw("while what it stands on fails, every call fails", async (store, breakDown) => {
    const outcomes = await outcomesOf(store, breakDown, "fail");
    for (const [call, { is }] of outcomes) strictEqual(is, "rejected", call);
  }),
  failingLaw("while answers are lost, every call fails", async (store, breakDown) => {
    const outcomes = await outcomesOf(store, breakDown, "fail-after");
    for (const [call, { is }] of outcomes) strictEqual(is, "rejected", call);
  }),
  failingLaw("an update whose answer is lost has happened once, or not at all", async (store, breakDown) => {
    if (!isAtomicStore(store)) return "does not apply";
    const key = await store.writeSession(undefined, { n: 0, twin: 0 }, at(0));
    await whileBroken(breakDown, "fail-after", async () => {
      for (let count = 0; count < 3; count++) await outcomeOf((context) => increment(store, key, context), SILENT);
    });
    const before = await counted(store, key);
    ok(before <= 3, `3 updates counted ${before}`);
    await mendMidway(store, key, breakDown, before);
    return "holds";
  }),
  failingLaw("once what it stands on is mended, it works again by itself", async (store, breakDown) => {
    for (const how of ["hang", "fail", "fail-after"] as const) {
      const key = await store.writeSession(undefined, { a: 1 }, at(0));
      await whileBroken(breakDown, how, async () => outcomeOf((context) => store.readSession(key, context), HANGING));
      deepStrictEqual(await eventually((context) => store.readSession(key, context)), { a: 1 });
      const fresh = await eventually((context) => store.writeSession(undefined, { b: 2 }, context));
      deepStrictEqual(await eventually((context) => store.readSession(fresh, context)), { b: 2 });
      await eventually((context) => store.deleteSession(fresh, context));
      strictEqual((await eventually((context) => store.readSession(fresh, context))) ?? undefined, undefined);
      deepStrictEqual(await store.readSession(key, at(0)), { a: 1 });
    }
  }),
];

function failingLaw(
  name: string,
  check: (store: Store, breakDown: BreakDown) => Promise<"holds" | "does not apply" | void>,
): StoreLaw {
  return law(name, async (store, { breakDown }) =>
    breakDown === undefined ? "does not apply" : check(store, breakDown),
  );
}

/** Returns the outcomes of one call of each kind, all made at the same time. */
async function outcomesOf(
  store: Store,
  breakDown: BreakDown,
  how: StoreBreakdown,
): Promise<readonly (readonly [call: string, outcome: Outcome])[]> {
  const principal = newKey();
  const write = async (): Promise<string> => store.writeSession(undefined, { n: 0, twin: 0 }, { ...at(0), principal });
  const [read, updated, deleted, overwritten] = [await write(), await write(), await write(), await write()];
  const calls: [call: string, (context: StoreContext) => Awaitable<unknown>][] = [
    ["readSession", (context) => store.readSession(read, context)],
    ["writeSession", (context) => store.writeSession(undefined, { n: 1 }, { ...context, principal })],
    ["writeSession over another", (context) => store.writeSession(overwritten, { n: 1 }, { ...context, principal })],
    ["deleteSession", (context) => store.deleteSession(deleted, { ...context, principal })],
  ];
  if (isAtomicStore(store)) {
    calls.push(["updateSession", (context) => increment(store, updated, { ...context, principal })]);
  }
  if (isIndexed(store)) {
    const only = handleOf(deleted);
    calls.push(["listSessions", (context) => store.listSessions(principal, { ...context, ttl: undefined })]);
    calls.push([
      "revokeSessions",
      (context) => store.revokeSessions(principal, { only }, { ...context, ttl: undefined }),
    ]);
  }
  return whileBroken(breakDown, how, async () =>
    Promise.all(calls.map(async ([name, call]) => [name, await outcomeOf(call, CALL_PATIENCE[how])] as const)),
  );
}

async function whileBroken<T>(breakDown: BreakDown, how: StoreBreakdown, work: () => Promise<T>): Promise<T> {
  const mend = await breakDown(how);
  try {
    return await work();
  } finally {
    await mend();
  }
}

/** Mends the store while an update is under way. The client may then send the update a second time. */
async function mendMidway(store: AtomicSessionStore, key: string, breakDown: BreakDown, before: number): Promise<void> {
  const mend = await breakDown("fail-after");
  const answer = outcomeOf((context) => increment(store, key, context), SILENT);
  await wait(20);
  await mend();
  const outcome = await answer;
  const happened = (await counted(store, key)) - before;
  if (outcome.is === "answered") return deepStrictEqual([outcome.value, happened], [key, 1]);
  ok(happened === 0 || happened === 1, `one update counted ${happened}`);
}

function increment(store: AtomicSessionStore, key: string, context: StoreContext): Awaitable<string | undefined> {
  const update = (current: SessionData): SessionData => {
    const n = Number(current["n"]) + 1;
    return { ...current, n, twin: n };
  };
  return store.updateSession(key, update, undefined, context);
}

async function counted(store: AtomicSessionStore, key: string): Promise<number> {
  const session = await eventually((context) => store.readSession(key, context));
  const n = Number(session?.["n"]);
  deepStrictEqual(session, { n, twin: n });
  return n;
}

/** Repeats a call until it succeeds, and returns its result. */
async function eventually<T>(call: (context: StoreContext) => Awaitable<T>): Promise<T> {
  const end = performance.now() + RECOVERY;
  while (performance.now() < end) {
    const outcome = await outcomeOf(call, HANGING);
    if (outcome.is === "answered") return outcome.value as T;
    await wait(50);
  }
  throw new Error(`it does not work again within ${RECOVERY} ms`);
}

/** Returns the outcome of a call within so many milliseconds. */
async function outcomeOf(call: (context: StoreContext) => Awaitable<unknown>, patience: number): Promise<Outcome> {
  const context = { ...at(0), deadline: CALL_DEADLINE, signal: AbortSignal.timeout(CALL_DEADLINE) };
  const inTime = new AbortController();
  const late = wait<Outcome>(patience, { is: "pending" }, { signal: inTime.signal }).catch(() => rejected);
  const outcome = await Promise.race([settled(call, context), late]);
  inTime.abort();
  return outcome;
}

async function settled(call: (context: StoreContext) => Awaitable<unknown>, context: StoreContext): Promise<Outcome> {
  try {
    return { is: "answered", value: await call(context) };
  } catch {
    return rejected;
  }
}
