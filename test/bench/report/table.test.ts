import assert from "node:assert/strict";
import { it } from "node:test";

import { short } from "../../../bench/report/numbers.ts";
import { markdownTable, terminalTable } from "../../../bench/report/table.ts";

const table = {
  title: "Cost",
  rows: [
    ["", "read"],
    ["Ringlet", "5"],
    ["floor", "1.50"],
  ],
};

it("aligns columns for a terminal", () => {
  assert.equal(terminalTable(table), "\nCost\n         read\nRinglet     5\nfloor    1.50");
});

it("writes Markdown", () => {
  assert.equal(markdownTable(table), "**Cost**\n\n|  | read |\n| --- | --: |\n| Ringlet | 5 |\n| floor | 1.50 |");
});

it("shortens numbers to three digits", () => {
  assert.deepEqual([0.123, 12.34, 123.4, 12_345, NaN].map(short), ["0.12", "12.3", "123", "12 345", "–"]);
});
