import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { describe, it } from "node:test";
import { createTable, type Table } from "../../../src/stores/memory/table.ts";
import { heldBytes } from "./held-bytes.ts";

const KIB = 1024;
const COUNT = 50_000;

/** Bytes that a table may hold when it has become empty, or nearly so. */
const REST = 80 * KIB;

describe("the memory of a table", () => {
  it("is none for an empty table", async () => {
    const tables: Table[] = [];
    const held = await heldBytes(() => void tables.push(createTable()));
    assert.equal(held, 0);
    assert.equal(tables.length, 1);
  });

  it("is some kilobytes for ten sessions", async () => {
    const table = createTable();
    const held = await heldBytes(() => fill(table, 10));
    assert.ok(held > 0 && held <= 40 * KIB, `${held} bytes`);
    assert.equal(table.size, 10);
  });

  it("is less than 250 bytes for a session of 100, and is freed", async () => {
    const table = createTable();
    const held = await heldBytes(() => fill(table, COUNT));
    assert.ok(held >= COUNT * 188 && held < COUNT * 250, `${held} bytes`);
    const swept = await heldBytes(() => table.sweep(Infinity, COUNT));
    assert.ok(held + swept <= REST, `${held + swept} bytes`);
    assert.equal(table.size, 0);
  });

  it("shrinks with the table, whichever sessions are left", async () => {
    const table = createTable();
    const held = await heldBytes(() => {
      fill(table, COUNT);
      table.sweep(99, COUNT);
    });
    assert.equal(table.size, COUNT / 100);
    assert.ok(held <= table.size * 250 + REST, `${held} bytes`);
  });
});

function fill(table: Table, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const digest = Buffer.from(hash("sha256", String(number), "hex"), "hex");
    table.insert(digest, "x".repeat(100), number % 100);
  }
}
