/** From a trace to what a reader can follow: the files in order, and what is called in each. */
import type { Step, Trace } from "./trace.ts";

/** A stay of control in one file. */
export interface Visit {
  readonly file: string;
  /** The functions called, and marks, with how often. */
  readonly calls: ReadonlyMap<string, number>;
}

/** The figures of a route. */
export interface Figures {
  readonly files: number;
  readonly functions: number;
  readonly calls: number;
  /** Stays in one file, from call to call. */
  readonly visits: number;
  /** The same, where a return to another file is a visit too, even if nothing is called there. */
  readonly withReturns: number;
}

/** Leaves files out of a trace. */
export function without(left: readonly string[], { steps, functions }: Trace): Trace {
  return {
    steps: steps.filter((step) => typeof step === "string" || !left.includes(step.file)),
    functions: functions.filter(({ file }) => !left.includes(file)),
  };
}

/** Counts a trace. */
export function figuresOf(trace: Trace): Figures {
  const { steps, functions } = trace;
  return {
    files: new Set(functions.map(({ file }) => file)).size,
    functions: functions.length,
    calls: functions.reduce((sum, { calls }) => sum + calls, 0),
    visits: visitsOf(trace).length,
    withReturns: gathered(steps).length,
  };
}

/** The visits of a trace, from call to call. */
export function visitsOf({ steps }: Trace): readonly Visit[] {
  return gathered(steps.filter((step) => typeof step === "string" || step.called));
}

/** A mark does not end a visit: it is in no source file. */
function gathered(steps: readonly (Step | string)[]): readonly Visit[] {
  const visits: { file: string; calls: Map<string, number> }[] = [];
  for (const step of steps) {
    const { file, name } = typeof step === "string" ? { file: visits.at(-1)?.file, name: step } : step;
    if (file === undefined) continue;
    if (file !== visits.at(-1)?.file) visits.push({ file, calls: new Map() });
    const calls = visits.at(-1)?.calls;
    calls?.set(name, (calls.get(name) ?? 0) + 1);
  }
  return visits;
}
