import assert from "node:assert/strict";
import { test } from "node:test";

import { createSweeper } from "../../../src/stores/memory/sweeper.ts";
import type { Table } from "../../../src/stores/memory/table.ts";

test("if timers do not fire, each request sweeps a slice", () => {
  let swept = 0;
  const table = {
    size: 2500,
    sweep(_now: number, steps: number) {
      swept += steps;
      return 0;
    },
  } as Table;
  const { look } = createSweeper(table, undefined);
  const after = (...times: readonly number[]): number => {
    for (const now of times) look(now);
    return swept;
  };
  assert.equal(after(0, 60_000, 60_001), 0, "a pass begins at 60 000, and its first slice has a timer");
  assert.equal(after(...Array.from({ length: 10 }, (_, count) => 120_000 + count)), 0, "which may only be late");
  assert.deepEqual(
    [after(120_010), after(120_011), after(120_012)],
    [1000, 2000, 3000],
    "but is taken for dropped then",
  );
  assert.equal(after(120_013), 3000, "the next pass has a timer of its own");
  const soon = Array.from({ length: 10 }, (_, count) => 180_014 + count);
  assert.equal(after(...soon), 3000, "and begins at once, because the last one was late");
  assert.equal(after(180_024), 4000, "so that it is late a minute after that");
});
