import assert from "node:assert/strict";
import { it } from "node:test";

import { dotPlot, linePlot } from "../../../bench/report/svg.ts";
import type { Spread } from "../../../bench/harness/statistics.ts";

const spread = (median: number): Spread => ({
  least: median * 0.8,
  low: median * 0.9,
  median,
  high: median * 1.1,
});

/** Returns one coordinate of every circle. */
function places(svg: string, name: "cx" | "cy"): number[] {
  return [...svg.matchAll(new RegExp(`${name}="([\\d.-]+)"`, "g"))].map(([, value]) => Number(value));
}

it("places dots in proportion on a linear axis", () => {
  const dots = [25, 50, 100].map((median) => ({ label: String(median), spread: spread(median), tone: "own" as const }));
  const [a = 0, b = 0, c = 0] = places(dotPlot("Share", "%", dots, "linear"), "cx");
  assert.ok(Math.abs((c - a) / (b - a) - 3) < 0.02);
});

it("places equal ratios at equal distances on a logarithmic axis", () => {
  const dots = [1, 10, 100].map((median) => ({ label: "x", spread: spread(median), tone: "peer" as const }));
  const [a = 0, b = 0, c = 0] = places(dotPlot("Cost", "µs", dots, "log"), "cx");
  assert.ok(Math.abs(c - b - (b - a)) < 0.2);
});

it("stays within the picture if a value is zero or negative", () => {
  const dots = [-1, 0, 5].map((median) => ({ label: "x", spread: spread(median), tone: "floor" as const }));
  for (const scale of ["log", "linear"] as const) {
    const svg = dotPlot("Cost", "µs", dots, scale);
    assert.doesNotMatch(svg, /NaN|Infinity/);
    assert.ok(places(svg, "cx").every((x) => x >= 0 && x <= 760));
  }
});

it("draws larger values higher, with labels for line and axis", () => {
  const svg = linePlot(
    "Growth",
    "µs",
    [
      {
        label: "Ringlet",
        points: [
          [1, 1],
          [100, 10],
        ],
        tone: "own",
      },
    ],
    "cookies",
  );
  const [first = 0, second = 0] = places(svg, "cy");
  assert.ok(second < first);
  assert.match(svg, />Ringlet</);
  assert.match(svg, />cookies</);
});

it("escapes names, and has colours for dark mode", () => {
  const svg = dotPlot("a < b & c", "µs", [{ label: "<b>", spread: spread(1), tone: "own" }], "log");
  assert.match(svg, /a &lt; b &amp; c/);
  assert.doesNotMatch(svg, /<b>/);
  assert.match(svg, /prefers-color-scheme:dark/);
});
