import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { jsonCodec } from "../../../src/data/json-codec.ts";
import { optimistic, type RowStore } from "../../../src/stores/shared/optimistic.ts";
import { createRows } from "../../../src/stores/shared/rows.ts";
import type { SessionData, StoreContext } from "../../../src/types.ts";

const START: StoreContext = { now: 0, ttl: 60, cookieName: "ring-session" };

/** Makes optimistic updates over rows in a Map, where each operation waits a turn and is noted in `calls`. */
function slowRows(texts: Record<string, string>, more: Partial<RowStore<string>> = {}) {
  const stored = new Map(Object.entries(texts));
  const calls: string[] = [];
  const rows = createRows<string>(jsonCodec, (row) => row);
  const store: RowStore<string> = {
    rows,
    async load(key) {
      calls.push("load");
      await turn();
      return stored.get(key);
    },
    async replace(key, row, next) {
      calls.push("replace");
      await turn();
      const newest = stored.get(key);
      if (newest !== row) return { done: false, row: newest };
      const written = next === null ? undefined : JSON.stringify(next);
      if (written === undefined) stored.delete(key);
      else stored.set(key, written);
      return { done: true, row: written };
    },
    ...more,
  };
  return { read: rows.sessionOf, updateSession: optimistic("testStore", store), stored, calls };
}

function increment(current: SessionData): SessionData {
  return { n: Number(current["n"]) + 1 };
}

describe("an update", () => {
  test("of a session that was read is one step", async () => {
    const { read, updateSession, stored, calls } = slowRows({ K: '{"n":1}' });
    const seen = read('{"n":1}');
    assert.equal(await updateSession("K", increment, seen, START), "K");
    assert.deepEqual(calls, ["replace"]);
    assert.equal(stored.get("K"), '{"n":2}');
  });

  test("of a session that was changed meanwhile runs again on the newest one", async () => {
    const { read, updateSession, stored, calls } = slowRows({ K: '{"n":5}' });
    const seen = read('{"n":1}');
    assert.equal(await updateSession("K", increment, seen, START), "K");
    assert.deepEqual(calls, ["replace", "replace"]);
    assert.equal(stored.get("K"), '{"n":6}');
  });

  test("of a session that was not read begins with reading it", async () => {
    const { updateSession, stored, calls } = slowRows({ K: '{"n":1}' });
    await updateSession("K", increment, { n: 9 }, START);
    assert.deepEqual(calls, ["load", "replace"]);
    assert.equal(stored.get("K"), '{"n":2}');
  });

  test("of a deleted session returns undefined, and reports the deletion if it ran before", async () => {
    const { read, updateSession, stored } = slowRows({});
    const facts: string[] = [];
    const context: StoreContext = { ...START, report: (fact) => facts.push(fact) };
    assert.equal(await updateSession("K", increment, undefined, context), undefined);
    assert.deepEqual(facts, []);
    assert.equal(await updateSession("K", increment, read('{"n":1}'), context), undefined);
    assert.deepEqual(facts, ["gone"]);
    assert.equal(stored.size, 0);
  });

  test("that returns null deletes, and the next one finds nothing", async () => {
    const { updateSession, stored } = slowRows({ K: '{"n":1}' });
    const answers = await Promise.all([
      updateSession("K", () => null, undefined, START),
      updateSession("K", increment, undefined, START),
    ]);
    assert.deepEqual(answers, ["K", undefined]);
    assert.equal(stored.size, 0);
  });

  test("that throws changes nothing, and the next one runs", async () => {
    const { updateSession, stored } = slowRows({ K: '{"n":1}' });
    const failing = updateSession(
      "K",
      () => {
        throw new RangeError("this update fails");
      },
      undefined,
      START,
    );
    const next = updateSession("K", increment, undefined, START);
    await assert.rejects(async () => failing, RangeError);
    assert.equal(await next, "K");
    assert.equal(stored.get("K"), '{"n":2}');
  });

  test("that is overtaken a thousand times fails with an error", async () => {
    const { updateSession } = slowRows(
      {},
      { load: async () => "{}", replace: async () => ({ done: false, row: "{}" }) },
    );
    await assert.rejects(async () => updateSession("K", increment, undefined, START), /was overtaken 1000 times/);
  });

  test("that is overtaken stops at its deadline", async () => {
    const abort = new AbortController();
    const { updateSession } = slowRows(
      {},
      {
        load: async () => "{}",
        async replace() {
          abort.abort(new Error("too late"));
          return { done: false, row: "{}" };
        },
      },
    );
    const context: StoreContext = { ...START, signal: abort.signal };
    await assert.rejects(async () => updateSession("K", increment, undefined, context), /too late/);
  });
});

test("many updates at once in one process cost one step each, and one read in all", async () => {
  const { updateSession, stored, calls } = slowRows({ K: '{"n":0}' });
  await Promise.all(Array.from({ length: 100 }, async () => updateSession("K", increment, undefined, START)));
  assert.equal(stored.get("K"), '{"n":100}');
  assert.equal(calls.length, 101);
});
