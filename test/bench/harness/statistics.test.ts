import assert from "node:assert/strict";
import { it } from "node:test";

import { added, spread } from "../../../bench/harness/statistics.ts";

it("returns the median and the quartiles, in any order of values", () => {
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { least: 1, median: 3, low: 2, high: 4 });
  assert.deepEqual(spread([7]), { least: 7, median: 7, low: 7, high: 7 });
});

it("interpolates between two numbers if none is in the middle", () => {
  assert.deepEqual(spread([1, 2, 3, 4]), { least: 1, median: 2.5, low: 1.75, high: 3.25 });
});

it("returns NaN for no values", () => {
  assert.ok(Number.isNaN(spread([]).median));
});

it("subtracts in pairs before it takes the median, so that a disturbance of both cancels out", () => {
  const pairs = [
    [10, 12],
    [100, 102],
    [20, 22],
  ] as const;
  assert.deepEqual(added(pairs), { least: 2, median: 2, low: 2, high: 2 });
});
