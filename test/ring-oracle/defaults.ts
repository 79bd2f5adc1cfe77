import {
  apiDefaults,
  assocIn,
  secureApiDefaults,
  secureSiteDefaults,
  siteDefaults,
} from "../../src/defaults/defaults.ts";
import type { ClojureMap, Scenario } from "./scenarios.ts";
import { camelCase, translateNamed } from "./translate.ts";

const bases = { apiDefaults, siteDefaults, secureApiDefaults, secureSiteDefaults };

/** Returns the defaults of a scenario: one of the four maps, with its changes. */
export function defaultsOf(scenario: Scenario, session: Readonly<Record<string, unknown>>): object {
  const { base, "assoc-in": changes = [], dissoc = [] } = (scenario.defaults ?? {}) as unknown as DefaultsOfScenario;
  const without = (map: object): object => {
    const gone = dissoc.map(camelCase);
    return Object.fromEntries(Object.entries(map).filter(([name]) => !gone.includes(name)));
  };
  const start: object = bases[camelCase(base) as keyof typeof bases];
  const changed = changes.reduce(
    (map, [path, value]) => assocIn(map, path.map(camelCase) as [string], translateNamed(value)),
    without(start),
  );
  // The harness provides the store and the clock.
  return "session" in changed ? { ...changed, session: { ...(changed.session as object), ...session } } : changed;
}

interface DefaultsOfScenario {
  readonly base: string;
  readonly "assoc-in"?: readonly (readonly [path: readonly string[], value: ClojureMap])[];
  readonly dissoc?: readonly string[];
}
