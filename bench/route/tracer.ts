/** Follows control through source files, by breakpoints that note where it is and never stop it. */
import { Session } from "node:inspector/promises";
import { setImmediate } from "node:timers/promises";

import { traceOf, type Hit, type Place, type SourceFunction, type Trace } from "./trace.ts";

/** Traces what runs: until its promise is settled, and what the event loop has ready then. */
export type Tracer = (run: () => Promise<unknown>) => Promise<Trace>;

const hits: Hit[] = [];

/** Notes in the trace that control is outside of the source files, in the application's handler for example. */
export function mark(name: string): void {
  hits.push(`[${name}]`);
}

/**
 * Makes the tracer of this process. Load the files below `folder` afterwards: only code that is compiled while calls
 * are counted tells a call from going on after `await`.
 */
export async function startTracer(folder: URL): Promise<Tracer> {
  const session = new Session();
  const scripts = new Map<string, string>();
  const functions = new Map<string, SourceFunction>();
  const watched = new Set<string>();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => {
    if (url.startsWith(folder.href)) scripts.set(scriptId, url.slice(folder.href.length).replace(/\.js$/, ".ts"));
  });
  await session.post("Debugger.enable");
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

  const watch = async (): Promise<void> => {
    for (const [scriptId, file] of scripts) {
      if (!watched.has(scriptId)) await setBreakpoints(session, scriptId, file);
      watched.add(scriptId);
    }
  };

  /** All functions that are known by now, with their calls since the last time. */
  const count = async (): Promise<readonly SourceFunction[]> => {
    for (const [id, each] of functions) functions.set(id, { ...each, calls: 0 });
    const { result } = await session.post("Profiler.takePreciseCoverage");
    for (const { scriptId, functions: counted } of result) {
      const file = scripts.get(scriptId);
      if (file === undefined) continue;
      for (const { functionName: name, ranges } of counted) {
        // The first range is the whole function.
        const [{ startOffset: start, endOffset: end, count: calls } = NOWHERE] = ranges;
        functions.set(`${file} ${start} ${end}`, { file, name, start, end, calls });
      }
    }
    return [...functions.values()];
  };

  return async (run) => {
    await watch();
    await count();
    hits.length = 0;
    await run();
    await setImmediate();
    return traceOf(hits, await count());
  };
}

const NOWHERE = { startOffset: 0, endOffset: 0, count: 0 };

/** Sets a breakpoint wherever one can be. Its condition notes the place, and is never met. */
async function setBreakpoints(session: Session, scriptId: string, file: string): Promise<void> {
  const { scriptSource } = await session.post("Debugger.getScriptSource", { scriptId });
  const lines = [0, ...[...scriptSource.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const start = { scriptId, lineNumber: 0, columnNumber: 0 };
  const { locations } = await session.post("Debugger.getPossibleBreakpoints", { start });
  // A statement may begin where another ends. At 0 is what V8 adds to functions by itself.
  const seen = new Set([0]);
  for (const { lineNumber, columnNumber = 0 } of locations) {
    const offset = (lines[lineNumber] ?? 0) + columnNumber;
    if (seen.has(offset)) continue;
    seen.add(offset);
    const location = { scriptId, lineNumber, columnNumber };
    await session.post("Debugger.setBreakpoint", { location, condition: noting({ file, offset }) });
  }
}

const places: Place[] = [];
const scope = globalThis as { $noteRoute?: (index: number) => void };

/** The text of an expression that notes a place. It is evaluated inside the traced function, and sees only globals. */
function noting(place: Place): string {
  scope.$noteRoute ??= (index) => {
    const hit = places[index];
    if (hit !== undefined) hits.push(hit);
  };
  return `$noteRoute(${places.push(place) - 1})`;
}
