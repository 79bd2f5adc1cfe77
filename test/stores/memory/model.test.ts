import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import fc from "fast-check";

import { memoryStore, type MemoryStore } from "../../../src/stores/memory/memory.ts";
import { handleOf } from "../../../src/crypto/session-key.ts";
import type { Revocation, SessionData, StoredSession, StoreContext } from "../../../src/types.ts";

interface Row {
  session: SessionData;
  end: number;
  readonly principal: string | undefined;
  readonly created: number;
  readonly seen: number;
}

const MAX = 5;
const which = fc.nat(7);
const names = fc.constantFrom("a", "b", "__proto__");
/** Sessions that went through JSON, which makes 0 of −0. */
const session = fc
  .dictionary(names, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3, noNullPrototype: true })
  .map((data) => JSON.parse(JSON.stringify(data)) as SessionData);
const ttl = fc.constantFrom(0.5, 1, undefined);
const principal = fc.constantFrom("ada", "bob", undefined);
const whose = fc.constantFrom("ada", "bob");

/** Steps. A hundred waits are less than a minute, so no sweep begins, which the model does not know. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("write" as const), which, session, ttl, principal }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("read" as const), which, ttl }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("update" as const), which, session: fc.option(session), ttl, principal }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), which, ttl }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("list" as const), whose }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("revoke" as const),
      whose,
      which,
      how: fc.constantFrom("except" as const, "only" as const, "all" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 550 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test("a store returns the same as a Map in the order of use, after any steps", async () => {
  const lists = fc.array(step, { minLength: 20, maxLength: 100, size: "max" });
  await fc.assert(
    fc.asyncProperty(lists, async (list) => {
      const ends: [SessionData, string][] = [];
      const store = memoryStore({ maxSessions: MAX, onEnd: (data, why) => ends.push([data, why]) });
      const model = createModel();
      for (const next of list) await take(next, store, model);
      assert.equal(store.size, model.rows.size);
      await turn();
      assert.deepEqual(ends, model.ends);
    }),
    { numRuns: 200 },
  );
});

/** Makes a model of the store: a Map in the order of use. Keys are given, so that deleted ones are used again. */
function createModel() {
  const rows = new Map<string, Row>();
  const ends: [SessionData, string][] = [];
  let now = 0;
  const endOf = (seconds: number | undefined): number => (seconds === undefined ? Infinity : now + seconds * 1000);
  const end = (key: string, row: Row, why: string): void => {
    rows.delete(key);
    ends.push([row.session, why]);
  };
  const use = (key: string, row: Omit<Row, "seen" | "created">): void => {
    const created = rows.get(key)?.created ?? toSecond(now);
    rows.delete(key);
    rows.set(key, { ...row, created, seen: toSecond(now) });
  };
  const alive = (key: string): Row | undefined => {
    const row = rows.get(key);
    if (row === undefined || row.end >= now) return row;
    end(key, row, "expired");
    return undefined;
  };
  const listed = (owner: string): [string, Row][] =>
    [...rows].filter(([, row]) => row.principal === owner && row.end >= now);
  return {
    ends,
    rows,
    wait: (milliseconds: number) => (now += milliseconds),
    context: (seconds: number | undefined, owner?: string): StoreContext => ({
      now,
      ttl: seconds,
      cookieName: "ring-session",
      principal: owner,
    }),
    write(key: string, data: SessionData, seconds: number | undefined, owner: string | undefined): void {
      alive(key);
      use(key, { session: data, end: endOf(seconds), principal: owner });
      const [oldest] = rows;
      if (rows.size > MAX && oldest) end(...oldest, oldest[1].end < now ? "expired" : "evicted");
    },
    read(key: string, seconds: number | undefined): SessionData | undefined {
      const row = alive(key);
      if (row !== undefined) use(key, seconds === undefined ? row : { ...row, end: endOf(seconds) });
      return row?.session;
    },
    update(
      key: string,
      data: SessionData | null,
      seconds: number | undefined,
      owner: string | undefined,
    ): string | undefined {
      if (alive(key) === undefined) return undefined;
      if (data === null) rows.delete(key);
      else use(key, { session: data, end: endOf(seconds), principal: owner });
      return key;
    },
    list: (owner: string): StoredSession[] => sorted(listed(owner).map(([key, row]) => inList(key, row))),
    revoke(owner: string, { except, only }: Revocation): string[] {
      const all = listed(owner).map(([key]) => key);
      const keys = all.filter((key) => (only === undefined ? handleOf(key) !== except : handleOf(key) === only));
      for (const key of keys) rows.delete(key);
      return keys.map(handleOf).toSorted();
    },
    delete(key: string): void {
      if (alive(key) !== undefined) rows.delete(key);
    },
  };
}

function inList(key: string, { session: data, created, seen }: Row): StoredSession {
  return { handle: handleOf(key), session: data, created, lastSeen: seen };
}

function sorted(list: readonly StoredSession[]): StoredSession[] {
  return list.toSorted((one, other) => (one.handle < other.handle ? -1 : 1));
}

function toSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

async function take(next: Step, store: MemoryStore, model: ReturnType<typeof createModel>): Promise<void> {
  if (next.type === "wait") return void model.wait(next.milliseconds);
  if (next.type === "list") {
    const list = await store.listSessions(next.whose, model.context(undefined));
    return assert.deepEqual(sorted(list), model.list(next.whose));
  }
  const key = `key ${next.which}`;
  if (next.type === "revoke") {
    const revocation = next.how === "all" ? {} : { [next.how]: handleOf(key) };
    const handles = await store.revokeSessions(next.whose, revocation, model.context(undefined));
    return assert.deepEqual(handles.toSorted(), model.revoke(next.whose, revocation));
  }
  const context = model.context(next.ttl, "principal" in next ? next.principal : undefined);
  if (next.type === "write") {
    assert.equal(await store.writeSession(key, next.session, context), key);
    return model.write(key, next.session, next.ttl, next.principal);
  }
  if (next.type === "read") return assert.deepEqual(await store.readSession(key, context), model.read(key, next.ttl));
  if (next.type === "delete") {
    assert.equal(await store.deleteSession(key, context), undefined);
    return model.delete(key);
  }
  const answer = await store.updateSession(key, () => next.session, undefined, context);
  assert.equal(answer, model.update(key, next.session, next.ttl, next.principal));
}
