import { flashResponse } from "../../src/flash.ts";
import { SECRET } from "../../src/data/reserved.ts";
import { sessionRequest, sessionResponse } from "../../src/session/session.ts";
import { ednOf } from "./edn.ts";
import { numberKeys } from "./keys.ts";
import { luminusAnswer } from "./luminus.ts";
import { isRefusal, type Observation, ofError, ofResponse, type Outcome, type Seen, seenOn, tidy } from "./observe.ts";
import type { Scenario, Step } from "./scenarios.ts";
import { type App, buildStack, callOptions, isSealed, type Parts } from "./stack.ts";
import { openStore, type StoreCall } from "./stores.ts";
import { translate, translateAnswer, translateRequest } from "./translate.ts";

/** Runs a scenario against this library. */
export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const keys = numberKeys();
  const calls: StoreCall[] = [];
  const clock = { seconds: 0 };
  const named = scenario.session?.["store"] ?? "memory";
  const note = (call: StoreCall): void => {
    keys.noteSecret((call.data as { [SECRET]?: unknown } | undefined)?.[SECRET]);
    calls.push(tidy(call));
  };
  const store = await openOrRefuse(() => openStore(named, keys, note, ""));
  if (store === undefined) return { built: "refused", steps: [] };
  const innerStore = await openStore("memory", keys, note, "inner ");
  const parts: Parts = { scenario, store, innerStore, now: () => clock.seconds * 1000 };
  const runStep = stepRunner(parts);
  if (runStep === undefined) return { built: "refused", steps: [] };
  const steps: Observation[] = [];
  for (const raw of scenario.steps) {
    const step = keys.insert(raw);
    clock.seconds = step.now ?? 0;
    const observed = await (step.call === undefined ? runStep(step) : callHalf(step, parts));
    steps.push(keys.mask({ ...observed, calls: calls.splice(0) }));
  }
  return { steps };
}

type RunStep = (step: Step) => Promise<Omit<Observation, "calls">>;

/** Builds the stack of a scenario, and returns a function that runs a step. Undefined: the stack is refused. */
function stepRunner(parts: Parts): RunStep | undefined {
  let current: Step | undefined;
  let seen: Seen | null = null;
  const data = isSealed(parts.scenario.session?.["store"]) ? ednOf : translate;
  const answer = (request: Readonly<Record<string, unknown>>): Record<string, unknown> | null => {
    seen = seenOn(request);
    if (parts.scenario.handler === "luminus") return luminusAnswer(request);
    return translateAnswer(current?.response ?? null, data)(request["session"] ?? {});
  };
  const handler: App = parts.scenario.arity === 3 ? async (request) => answer(request) : answer;
  const app = buildOrRefuse(() => buildStack(handler, parts));
  if (app === undefined) return undefined;
  return async (step) => {
    current = step;
    seen = null;
    const outcome = await outcomeOf(() => app(translateRequest(step.request)));
    return { seen, ...outcome };
  };
}

async function openOrRefuse<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function buildOrRefuse<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Calls one half of a middleware. */
function callHalf(step: Step, { store }: Parts): Promise<Omit<Observation, "calls">> {
  const request = translateRequest(step.request);
  const response = translateAnswer(step.response ?? null)({});
  const options = callOptions(step.options, store);
  switch (step.call) {
    case "session-request":
      return outcomeOf(() => sessionRequest(request as never, options));
    case "session-response":
      return outcomeOf(() => sessionResponse(response as never, request as never, options));
    case "flash-response":
      return outcomeOf(() => applied(flashResponse(response as never, request as never)));
    default:
      throw new Error(`unknown call ${step.call}`);
  }
}

/** Replaces a function for a session by the session that it makes. */
function applied(response: { readonly session?: unknown } | null): object | null {
  if (typeof response?.session !== "function") return response;
  return { ...response, session: (response.session as (current: object) => unknown)({}) };
}

async function outcomeOf(run: () => unknown): Promise<Omit<Observation, "calls">> {
  try {
    return ofResponse((await run()) as Record<string, unknown> | null | undefined);
  } catch (error) {
    return { thrown: ofError(error) };
  }
}
