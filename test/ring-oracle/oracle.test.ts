import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { differences, expectedHere } from "./differences.ts";
import type { Rule } from "./expectations.ts";
import { outcomeOfRing } from "./observe.ts";
import { runScenario } from "./run.ts";
import { readScenarios } from "./scenarios.ts";

/** The groups that are run, with the number of their scenarios. */
const groups = {
  session: 42,
  flash: 13,
  "cookies-request": 31,
  "cookies-response": 47,
  call: 4,
  timeout: 4,
  "anti-forgery": 5,
  defaults: 13,
  "cookie-store": 20,
};

const cases = readScenarios(Object.keys(groups)).map(([scenario, ring]) => ({
  name: scenario.name,
  ...expectedHere(scenario, outcomeOfRing(ring)),
}));

const ran: string[] = [];

for (const { name, asked, outcome } of cases) {
  test(name, async () => {
    ran.push(name);
    assert.deepEqual(await runScenario(asked), outcome);
  });
}

test("every scenario of these groups ran", () => {
  const counts = Object.keys(groups).map((group) => [group, ran.filter((name) => name.startsWith(`${group}/`)).length]);
  assert.deepEqual(Object.fromEntries(counts), groups);
});

test("the list of differences is short, and each has an effect in its scenarios", (context) => {
  context.diagnostic(`${differences.length} differences from Ring in ${cases.length} scenarios`);
  assert.ok(differences.length <= 40, `${differences.length} differences`);
  for (const { what, rules } of differences) for (const rule of rules) assertShows(what, rule);
});

function assertShows(what: string, rule: Rule): void {
  const shows = cases.filter(({ rules }) => rules.has(rule)).map(({ name }) => name);
  assert.deepEqual(shows.toSorted(), [...(rule.scenarios ?? shows)].toSorted(), what);
  assert.notEqual(shows.length, 0, what);
}

test("docs/from-ring.md has a row for each difference, and no other", () => {
  const page = readFileSync("docs/from-ring.md", "utf8");
  const [, section = ""] = /^## Where we differ.*?$(.*?)^## /ms.exec(page) ?? [];
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const written = cells.filter(([what = ""]) => what !== "What" && !what.startsWith("---"));
  assert.ok(page.includes(`${cases.length} scenarios`));
  assert.deepEqual(sorted(written), sorted(differences.map(({ what, ring, ours, why }) => [what, ring, ours, why])));
});

test("the source file of each difference exists", () => {
  for (const { what, decidedIn } of differences) assert.ok(existsSync(decidedIn), `${what}: ${decidedIn}`);
});

function sorted(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.toSorted(([a = ""], [b = ""]) => a.localeCompare(b));
}
