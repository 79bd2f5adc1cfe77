import assert from "node:assert/strict";
import { it } from "node:test";

import type { AddedCost } from "../../../bench/sections/costs.ts";
import { judge, medianRatio } from "../../../bench/judge/targets.ts";

const flat = (median: number): AddedCost["cpu"] => ({ least: median, median, low: median, high: median });

function read(subject: string, side: AddedCost["side"], cpu: number): AddedCost {
  return {
    subject,
    side,
    framework: "maps",
    kind: "read",
    lanes: 16,
    cpu: flat(cpu),
    rounds: [cpu],
    wall: flat(cpu),
    bareCpu: flat(1),
  };
}

it("leaves out targets that a run did not measure", () => {
  assert.deepEqual(judge({ missing: [] }), []);
});

it("compares with the floor and with the best peer of the same run", () => {
  const memory = [
    read("floor", "floor", 2),
    read("Ringlet", "ringlet", 4),
    read("a", "peer", 10),
    read("b", "peer", 40),
  ];
  const verdicts = judge({ costs: { memory }, missing: [] });
  assert.deepEqual(
    verdicts.map(({ measured, limit, met }) => ({ measured, limit, met })),
    [
      { measured: 2, limit: 2.5, met: true },
      { measured: 0.4, limit: 0.25, met: false },
    ],
  );
});

it("compares round by round, so that a slow phase of the machine changes no ratio", () => {
  assert.equal(medianRatio({ rounds: [4, 8, 4, 40] }, { rounds: [2, 4, 2, 10] }), 2);
});
