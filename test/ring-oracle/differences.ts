import { isDeepStrictEqual } from "node:util";

import { antiForgeryDifferences } from "./differences/anti-forgery.ts";
import { cookieDifferences } from "./differences/cookies.ts";
import { differencesEverywhere } from "./differences/everywhere.ts";
import { sessionDifferences } from "./differences/session.ts";
import { ringCookieDifferences } from "./differences/ring-cookie.ts";
import type { Difference, Rule } from "./expectations.ts";
import { type Outcome, tidy } from "./observe.ts";
import type { Scenario } from "./scenarios.ts";

/** All intended differences from Ring, in order: each one changes the expectation of the ones before it. */
export const differences: readonly Difference[] = [
  ...sessionDifferences,
  ...cookieDifferences,
  ...antiForgeryDifferences,
  ...ringCookieDifferences,
  ...differencesEverywhere,
];

/** A scenario as it is run here, the outcome that is expected here, and the rules that changed either of them. */
export interface Expected {
  readonly asked: Scenario;
  readonly outcome: Outcome;
  readonly rules: ReadonlySet<Rule>;
}

/** Applies all differences to a scenario and its outcome. */
export function expectedHere(scenario: Scenario, ring: Outcome): Expected {
  const rules = new Set<Rule>();
  const note = <T>(rule: Rule, before: T, after: T): T => {
    if (!isDeepStrictEqual(before, after)) rules.add(rule);
    return after;
  };
  let asked = scenario;
  for (const rule of rulesOn(scenario)) {
    asked = note(rule, asked, { ...asked, steps: rule.ask?.(asked.steps) ?? asked.steps });
  }
  let outcome = ring;
  for (const rule of rulesOn(scenario)) outcome = note(rule, outcome, tidy(rule.expect(outcome, asked)));
  return { asked, outcome, rules };
}

function rulesOn({ name }: Scenario): readonly Rule[] {
  return differences.flatMap(({ rules }) => rules).filter(({ scenarios }) => scenarios?.includes(name) ?? true);
}
