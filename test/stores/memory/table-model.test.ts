import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTable, type Table } from "../../../src/stores/memory/table.ts";

describe("table against a model", () => {
  interface Row {
    text: string;
    expires: number;
  }

  /** Makes the other times of a row from its end, in whole seconds. */
  const timesOf = ({ expires }: Row): number[] =>
    [1, 2, 3].map((n) => (expires === Infinity ? n : expires * 10 + n) * 1000);

  /** Keys 0 to 9 share their first 31 bytes, the others are SHA-256. */
  const keys = fc.nat(59);
  const digestOfKey = (key: number): Buffer =>
    key < 10 ? Buffer.alloc(32, 1).fill(key, 31) : Buffer.from(hash("sha256", String(key), "hex"), "hex");
  const ends = fc.oneof(fc.nat(100), fc.constant(Infinity));
  const texts = fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 300 }) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 50 }) },
    { weight: 1, arbitrary: fc.constantFrom("", "é", "ÿĀ", "🜁", "\ud800", "\0") },
    { weight: 1, arbitrary: fc.constantFrom(1023, 1024, 16_384, 1_200_000).map((length) => "x".repeat(length)) },
    { weight: 1, arbitrary: fc.constantFrom(500, 20_000).map((length) => "ü💍".repeat(length)) },
  );

  const steps = fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant("put" as const), key: keys, text: texts, expires: ends }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("remove" as const), key: keys }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("touch" as const), key: keys }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("evict" as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("sweep" as const), now: fc.nat(100), count: fc.nat(60) }) },
  );
  type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

  /** Takes a step on the table and on its model: a Map in the order of use. */
  function take(step: Step, table: Table, model: Map<number, Row>): void {
    if (step.type === "put") return put(step.key, step, table, model);
    if (step.type === "remove") return remove(step.key, table, model);
    if (step.type === "touch") return touch(step.key, table, model);
    if (step.type === "evict") return evict(table, model);
    sweep(step.now, step.count, table, model);
  }

  function put(key: number, { text, expires }: Row, table: Table, model: Map<number, Row>): void {
    const found = table.find(digestOfKey(key));
    const row = model.get(key);
    assert.equal(found !== -1, row !== undefined);
    const slot = found === -1 ? table.insert(digestOfKey(key), text, expires) : found;
    table.replace(slot, text);
    table.setExpires(slot, expires);
    const [created = 0, seen = 0, renewed = 0] = timesOf({ text, expires });
    table.setCreated(slot, created);
    table.setSeen(slot, seen);
    table.setRenewed(slot, renewed);
    if (row === undefined) model.set(key, { text, expires });
    else Object.assign(row, { text, expires });
  }

  function remove(key: number, table: Table, model: Map<number, Row>): void {
    const slot = table.find(digestOfKey(key));
    assert.equal(slot !== -1, model.delete(key));
    if (slot !== -1) table.remove(slot);
  }

  function touch(key: number, table: Table, model: Map<number, Row>): void {
    const row = model.get(key);
    if (row === undefined) return;
    table.markUsed(table.find(digestOfKey(key)));
    model.delete(key);
    model.set(key, row);
  }

  function evict(table: Table, model: Map<number, Row>): void {
    const [oldest] = model.keys();
    if (oldest === undefined) return assert.equal(table.oldest(), -1);
    assert.deepEqual(table.handle(table.oldest()), digestOfKey(oldest));
    table.remove(table.oldest());
    model.delete(oldest);
  }

  function sweep(now: number, count: number, table: Table, model: Map<number, Row>): void {
    const expired = [...model].filter(([, row]) => row.expires < now).map(([key]) => key);
    const gone: number[] = [];
    const size = table.size;
    const removed = table.sweep(now, count, (slot) => {
      gone.push(...expired.filter((key) => digestOfKey(key).equals(table.handle(slot))));
    });
    assert.equal(gone.length, removed);
    assert.equal(table.size, size - removed);
    for (const key of gone) model.delete(key);
  }

  function assertSame(table: Table, model: Map<number, Row>): void {
    assert.equal(table.size, model.size);
    for (const [key, row] of model) {
      const slot = table.find(digestOfKey(key));
      assert.equal(table.text(slot), row.text);
      assert.equal(table.expires(slot), row.expires);
      assert.deepEqual([table.created(slot), table.seen(slot), table.renewed(slot)], timesOf(row));
    }
  }

  it("returns the same after any steps", () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 20, maxLength: 200, size: "max" }), (list) => {
        const table = createTable();
        const model = new Map<number, Row>();
        for (const step of list) take(step, table, model);
        assertSame(table, model);
        while (model.size > 0) evict(table, model);
        assert.equal(table.size, 0);
      }),
      { numRuns: 100 },
    );
  });

  it("returns the same while it grows to thousands and shrinks again", () => {
    const table = createTable();
    const model = new Map<number, Row>();
    const random = fc.sample(fc.nat(5999), { numRuns: 60_000, seed: 1 });
    for (const [turn, key] of random.entries()) {
      const row = { text: `${key} `.repeat(turn % 40), expires: turn };
      if (turn % 3 === 2) touch(key, table, model);
      else if (turn > 40_000 || turn % 5 === 4) remove(key, table, model);
      else put(key, row, table, model);
    }
    assertSame(table, model);
    while (model.size > 0) evict(table, model);
  });
});
