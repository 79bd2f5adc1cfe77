import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTable, type Table } from "../../../src/stores/memory/table.ts";

const MINUTE = 60_000;

function digestOf(key: string | number): Buffer {
  return Buffer.from(hash("sha256", String(key), "hex"), "hex");
}

describe("table", () => {
  it("finds what was inserted, and nothing else", () => {
    const table = createTable();
    assert.equal(table.find(digestOf("ada")), -1);
    const slot = table.insert(digestOf("ada"), '{"user":"ada"}', MINUTE);
    assert.equal(table.find(digestOf("ada")), slot);
    assert.equal(table.find(digestOf("bob")), -1);
    assert.equal(table.text(slot), '{"user":"ada"}');
    assert.equal(table.size, 1);
  });

  it("compares all 32 bytes of a digest", () => {
    const table = createTable();
    const digest = digestOf("ada");
    const slot = table.insert(digest, "ada", MINUTE);
    for (let byte = 0; byte < 32; byte += 1) {
      const other = Buffer.from(digest);
      other.writeUInt8(digest.readUInt8(byte) ^ 0x80, byte);
      assert.equal(table.find(other), -1, `byte ${byte}`);
    }
    assert.equal(table.find(digest), slot);
  });

  it("holds digests that begin with the same bytes", () => {
    const table = createTable();
    const digests = Array.from({ length: 50 }, (_, last) => Buffer.alloc(32, 7).fill(last, 31));
    for (const [number, digest] of digests.entries()) table.insert(digest, String(number), MINUTE);
    for (const digest of digests.filter((_, number) => number % 2 === 0)) table.remove(table.find(digest));
    for (const [number, digest] of digests.entries()) {
      const slot = table.find(digest);
      if (number % 2 === 0) assert.equal(slot, -1);
      else assert.equal(table.text(slot), String(number));
    }
  });

  it("returns a copy of a digest", () => {
    const table = createTable();
    const slot = table.insert(digestOf("ada"), "", MINUTE);
    const copy = table.handle(slot);
    assert.deepEqual(copy, digestOf("ada"));
    copy.fill(0);
    assert.deepEqual(table.handle(slot), digestOf("ada"));
  });

  it("keeps the end to the millisecond and the other times to the second", () => {
    const table = createTable();
    const slot = table.insert(digestOf("ada"), "", 1_795_000_000_123);
    assert.equal(table.expires(slot), 1_795_000_000_123);
    table.setExpires(slot, Infinity);
    assert.equal(table.expires(slot), Infinity);
    assert.deepEqual([table.created(slot), table.seen(slot), table.renewed(slot)], [0, 0, 0]);
    table.setCreated(slot, 1_795_000_000_999);
    table.setSeen(slot, 1_795_000_001_000);
    table.setRenewed(slot, Date.UTC(2100, 0));
    assert.equal(table.created(slot), 1_795_000_000_000);
    assert.equal(table.seen(slot), 1_795_000_001_000);
    assert.equal(table.renewed(slot), Date.UTC(2100, 0));
  });

  it("starts a session with times of 0, even in the slot of an earlier one", () => {
    const table = createTable();
    const slot = table.insert(digestOf("ada"), "", MINUTE);
    table.setCreated(slot, MINUTE);
    table.setSeen(slot, MINUTE);
    table.setRenewed(slot, MINUTE);
    table.remove(slot);
    const next = table.insert(digestOf("bob"), "", MINUTE);
    assert.deepEqual([table.created(next), table.seen(next), table.renewed(next)], [0, 0, 0]);
  });

  it("knows the least recently used", () => {
    const table = createTable();
    assert.equal(table.oldest(), -1);
    for (const name of ["a", "b", "c"]) table.insert(digestOf(name), name, MINUTE);
    table.markUsed(table.find(digestOf("a")));
    table.markUsed(table.find(digestOf("c")));
    const order: string[] = [];
    for (let slot = table.oldest(); slot !== -1; slot = table.oldest()) {
      order.push(table.text(slot));
      table.remove(slot);
    }
    assert.deepEqual(order, ["b", "a", "c"]);
  });

  it("refuses −1 as a slot and stays unchanged", () => {
    const table = createTable();
    table.insert(digestOf("ada"), "ada", MINUTE);
    assert.throws(() => table.text(-1), RangeError);
    assert.throws(() => table.replace(-1, ""), RangeError);
    assert.throws(() => table.remove(-1), RangeError);
    assert.throws(() => table.markUsed(-1), RangeError);
    assert.equal(table.size, 1);
    assert.equal(table.text(table.find(digestOf("ada"))), "ada");
  });
});

describe("sweep", () => {
  function filled(count: number): Table {
    const table = createTable();
    for (let number = 0; number < count; number += 1) table.insert(digestOf(number), String(number), number);
    return table;
  }

  it("removes what ended before now, not what ends now", () => {
    const table = filled(10);
    assert.equal(table.sweep(4, 10), 4);
    assert.equal(table.find(digestOf(3)), -1);
    assert.notEqual(table.find(digestOf(4)), -1);
    assert.equal(table.size, 6);
  });

  it("names each slot just before it is removed", () => {
    const table = filled(10);
    const gone: string[] = [];
    table.sweep(3, 10, (slot) => gone.push(table.text(slot)));
    assert.deepEqual(gone.toSorted(), ["0", "1", "2"]);
  });

  it("looks at a given number of slots, and goes on from there", () => {
    const table = filled(1000);
    const removed = Array.from({ length: 10 }, () => table.sweep(Infinity, 100));
    assert.deepEqual(
      removed,
      Array.from({ length: 10 }, () => 100),
    );
    assert.equal(table.sweep(Infinity, 100), 0);
    assert.equal(table.size, 0);
  });

  it("looks at no slot twice in a call", () => {
    const table = filled(10);
    table.sweep(0, 3);
    assert.equal(table.sweep(Infinity, 1_000_000), 10);
  });

  it("goes on at the end of a table that is now shorter than where it stopped", () => {
    const table = filled(1000);
    table.sweep(0, 1);
    for (let number = 100; number < 1000; number += 1) table.remove(table.find(digestOf(number)));
    assert.equal(table.sweep(Infinity, 100), 100);
    assert.equal(table.size, 0);
  });

  it("misses no session that was there when a round began, whatever comes and goes meanwhile", () => {
    const changes = fc.array(fc.record({ insert: fc.boolean(), key: fc.nat(99) }), { minLength: 100, maxLength: 100 });
    fc.assert(
      fc.property(changes, (list) => {
        const table = filled(100);
        for (const { insert, key } of list) {
          table.sweep(50, 1);
          const slot = table.find(digestOf(key));
          if (slot !== -1) table.remove(slot);
          if (insert && slot === -1) table.insert(digestOf(key), "", Infinity);
        }
        for (let number = 0; number < 50; number += 1) {
          const slot = table.find(digestOf(number));
          if (slot !== -1) assert.equal(table.expires(slot), Infinity);
        }
      }),
      { numRuns: 50 },
    );
  });
});
