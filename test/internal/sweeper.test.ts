import assert from "node:assert/strict";
import { test } from "node:test";

import { createSweeper } from "../../src/internal/sweeper.ts";
import type { Table } from "../../src/internal/table.ts";

test("where timers do not fire, requests do the pass, a slice each", () => {
  let swept = 0;
  const table = {
    size: 2500,
    sweep(_now: number, steps: number) {
      swept += steps;
      return 0;
    },
  } as Table;
  const { look } = createSweeper(table, undefined);
  const counts = [0, 60_000, 60_001, 120_000, 120_001, 120_002, 120_003, 180_003].map((now) => {
    look(now);
    return swept;
  });
  // A pass begins at 60 000, is taken over a minute later, and is done in three slices; the next one begins.
  assert.deepEqual(counts, [0, 0, 0, 1000, 2000, 3000, 3000, 4000]);
});
