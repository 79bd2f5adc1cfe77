import assert from "node:assert/strict";
import { it } from "node:test";

import { added, spread } from "../../../bench/harness/statistics.ts";

it("answers the middle and the quartiles, whatever the order", () => {
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { least: 1, median: 3, low: 2, high: 4 });
  assert.deepEqual(spread([7]), { least: 7, median: 7, low: 7, high: 7 });
});

it("lies between two numbers where none is in the middle", () => {
  assert.deepEqual(spread([1, 2, 3, 4]), { least: 1, median: 2.5, low: 1.75, high: 3.25 });
});

it("has no middle where there is nothing", () => {
  assert.ok(Number.isNaN(spread([]).median));
});

it("compares pairs before it looks for the middle: what disturbs both disturbs nothing", () => {
  const pairs = [
    [10, 12],
    [100, 102],
    [20, 22],
  ] as const;
  assert.deepEqual(added(pairs), { least: 2, median: 2, low: 2, high: 2 });
});
