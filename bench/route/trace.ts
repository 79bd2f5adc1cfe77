/** From places in texts to functions: which one control was in, and whether it was called there or returned to. */

/** A position in a source file. */
export interface Place {
  readonly file: string;
  readonly offset: number;
}

/** A place that control came to; a text is a mark. */
export type Hit = Place | string;

/** A function of a source file. */
export interface SourceFunction {
  readonly file: string;
  /** Empty where it has none. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly calls: number;
}

/** A function that control was in. */
export interface Step {
  readonly file: string;
  readonly name: string;
  /** Whether it was called there. Otherwise control has returned to it, or is in it still. */
  readonly called: boolean;
}

/** What was seen while something ran. A function without a name is called by its place: `(in wrapSession)`. */
export interface Trace {
  /** A text is a mark. */
  readonly steps: readonly (Step | string)[];
  /** The functions that were called. */
  readonly functions: readonly SourceFunction[];
}

/** Finds the functions of places. `functions` are all that are known, also those that were not called. */
export function traceOf(hits: readonly Hit[], functions: readonly SourceFunction[]): Trace {
  const entries = entriesOf(hits, functions);
  const named = (each: SourceFunction): SourceFunction => ({ ...each, name: nameOf(functions, each) });
  const stepOf = (hit: Hit): Step | string => {
    if (typeof hit === "string") return hit;
    const inside = functionAt(functions, hit);
    return { file: hit.file, name: nameOf(functions, inside), called: entries.get(inside) === hit };
  };
  return { steps: hits.map(stepOf), functions: functions.filter(({ calls }) => calls > 0).map(named) };
}

/** The places where calls begin: of each function the first that is passed once in each call. */
function entriesOf(hits: readonly Hit[], functions: readonly SourceFunction[]): ReadonlyMap<SourceFunction, Place> {
  const passed = new Map<Hit, number>();
  for (const hit of hits) passed.set(hit, (passed.get(hit) ?? 0) + 1);
  const entries = new Map<SourceFunction, Place>();
  for (const [hit, times] of passed) {
    if (typeof hit === "string") continue;
    const inside = functionAt(functions, hit);
    if (times === inside.calls && !entries.has(inside)) entries.set(inside, hit);
  }
  return entries;
}

function functionAt(functions: readonly SourceFunction[], { file, offset }: Place): SourceFunction {
  const [innermost] = around(functions, { file, start: offset, end: offset });
  if (innermost === undefined) throw new Error(`no function that was counted is at ${offset} of ${file}`);
  return innermost;
}

function nameOf(functions: readonly SourceFunction[], { name, ...stretch }: SourceFunction): string {
  if (name !== "") return name;
  const parent = around(functions, stretch).find((each) => each.name !== "");
  return `(in ${parent?.name ?? "the module"})`;
}

/** The functions round a stretch of a file, innermost first. What is at its very start is outside: `= (x) => …`. */
function around(
  functions: readonly SourceFunction[],
  { file, start, end }: Pick<SourceFunction, "file" | "start" | "end">,
): readonly SourceFunction[] {
  return functions
    .filter((each) => each.file === file && each.start < start && each.end >= end)
    .toSorted((one, other) => one.end - one.start - (other.end - other.start));
}
