import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

import { digestOf } from "../../../src/crypto/session-key.ts";
import { createSweeper } from "../../../src/stores/memory/sweeper.ts";
import { createTable, type Table } from "../../../src/stores/memory/table.ts";
import { memoryStore, type MemoryStore, type MemoryStoreOptions } from "../../../src/stores/memory/memory.ts";
import type { SessionData, StoreContext } from "../../../src/types.ts";

const START = 1_700_000_000_000;
const TTL = 600;
const MINUTE = 60_000;

/** Makes a context, so many milliseconds after the start. */
function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: START + milliseconds, ttl: TTL, cookieName: "ring-session", ...more };
}

async function write(store: MemoryStore, session: SessionData, context: StoreContext = at(0)): Promise<string> {
  return store.writeSession(undefined, session, context);
}

describe("the sweep", () => {
  const cases: readonly (readonly [count: number, most: number, options: MemoryStoreOptions])[] = [
    [50_000, 110, {}],
    // A listener needs time too, so fewer sessions end in a turn.
    [2000, 30, { onEnd: () => undefined }],
  ];
  for (const [count, most, options] of cases) {
    const title = `frees ${count} expired sessions, ${most} between two turns of the event loop at most`;
    test(title, { timeout: 60_000 }, async (t) => {
      const store = memoryStore(options);
      for (let number = 0; number < count; number++) await write(store, { number });
      const kept = await write(store, { kept: true }, at(0, { ttl: undefined }));
      void store.readSession("no such key", at(700_000));
      const sizes = [store.size];
      while (store.size > 1 && !t.signal.aborted) {
        await turn();
        sizes.push(store.size);
      }
      assert.equal(sizes[0], count + 1);
      const largest = sizes.reduce((drop, size, index) => Math.max(drop, (sizes[index - 1] ?? size) - size), 0);
      assert.ok(largest > 0 && largest <= most, `${largest} sessions in one turn`);
      assert.ok(sizes.length > count / most, `${sizes.length} turns`);
      assert.deepEqual(await store.readSession(kept, at(700_000)), { kept: true });
    });
  }

  test("looks at no more than a thousand sessions in a slice, even if none has expired", async () => {
    const table = createTable();
    for (let number = 0; number < 10_000; number++) table.insert(digestOf(String(number)), "", Infinity);
    const looks: number[] = [];
    const sweep: Table["sweep"] = (now, count, onRemove) => {
      looks.push((looks.pop() ?? 0) + count);
      return table.sweep(now, count, onRemove);
    };
    const sweeper = createSweeper({ ...table, size: table.size, sweep }, undefined);
    sweeper.look(START);
    sweeper.look(START + MINUTE);
    while (looks.reduce((sum, count) => sum + count, 0) < 10_000) {
      looks.push(0);
      await turn();
    }
    assert.equal(Math.max(...looks), 1000);
  });

  test("goes on without further requests, and tells of each session once", async () => {
    const count = 1000;
    const ended: unknown[] = [];
    let done: () => void = () => assert.fail("told too soon");
    const onEnd = (session: SessionData, why: string): void => {
      assert.equal(why, "expired");
      if (ended.push(session["number"]) === count) done();
    };
    const store = memoryStore({ onEnd });
    for (let number = 0; number < count; number++) await write(store, { number });
    await new Promise<void>((resolve, reject) => {
      // This timer keeps the process alive, and makes no turns of the event loop.
      const alive = setTimeout(reject, 20_000, new Error("the sweep does not come to its end"));
      done = () => {
        clearTimeout(alive);
        resolve();
      };
      void store.deleteSession("no such key", at(700_000));
    });
    assert.equal(new Set(ended).size, count);
  });

  test("begins a minute after the last one, by the clock of the calls, forwards or backwards", async () => {
    const store = memoryStore();
    const sizeAfter = async (milliseconds: number): Promise<number> => {
      void store.readSession("no such key", at(milliseconds));
      await wait(5);
      return store.size;
    };
    await write(store, { a: 1 }, at(0, { ttl: 1 }));
    assert.equal(await sizeAfter(MINUTE - 1), 1);
    assert.equal(await sizeAfter(MINUTE), 0);
    await write(store, { a: 1 }, at(MINUTE, { ttl: 1 }));
    assert.equal(await sizeAfter(2 * MINUTE - 1), 1);
    assert.equal(await sizeAfter(2 * MINUTE), 0);
    await write(store, { a: 1 }, at(2 * MINUTE, { ttl: -100 }));
    assert.equal(await sizeAfter(MINUTE + 1), 1);
    assert.equal(await sizeAfter(MINUTE), 0);
  });

  test("does not keep the process alive", () => {
    const { status, stdout } = inChild(`
      for (let number = 0; number < 20_000; number++) store.writeSession(undefined, { number }, context);
      store.readSession("no such key", { ...context, now: 10_000_000 });
      process.on("exit", () => console.log(store.size));
    `);
    assert.equal(status, 0);
    assert.ok(Number(stdout) > 18_000, `it stayed until ${stdout.trim()} sessions were left`);
  });
});

test("a write is enough to begin a sweep: some servers never read", async () => {
  const store = memoryStore();
  await write(store, { a: 1 });
  await write(store, { b: 1 }, at(700_000));
  await wait(5);
  assert.equal(store.size, 1);
});

test("no key is kept in memory", () => {
  const { status, stdout, stderr } = inChild(`
    const { writeSync } = await import("node:fs");
    const { getHeapSnapshot } = await import("node:v8");
    (function use() {
      for (let number = 0; number < 20; number++) {
        const key = store.writeSession(undefined, { number }, context);
        store.readSession(key, context);
        store.updateSession(key, (current) => ({ ...current, more: "text" }), undefined, context);
        store.renewSession(key, {}, { ...context, maxAge: 60 });
        store.deleteSession(key + "?", context);
        writeSync(2, key + "\\n");
      }
    })();
    getHeapSnapshot().pipe(process.stdout);
    process.on("exit", () => store.size);
  `);
  const keys = stderr.trim().split("\n");
  assert.deepEqual([status, keys.length, stdout.includes("ring-session")], [0, 20, true]);
  assert.deepEqual(
    keys.filter((key) => stdout.includes(key)),
    [],
  );
});

/** Runs code in its own process, with a `store` and a `context`. */
function inChild(code: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const module = new URL("../../../src/stores/memory/memory.js", import.meta.url).href;
  const start = `
    import { memoryStore } from ${JSON.stringify(module)};
    const store = memoryStore();
    const context = { now: 0, ttl: 600, cookieName: "ring-session" };
  `;
  const options = { encoding: "utf8", timeout: 60_000, maxBuffer: 2 ** 28 } as const;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", start + code], options);
}
