/** `npm run route`: the way of one change through the source. */
import { terminalTable } from "../report/table.ts";

import { startTracer } from "./tracer.ts";
import { figuresOf, visitsOf, without, type Figures, type Visit } from "./visits.ts";

/** Called from everywhere, and of no interest to who follows a route. */
const everywhere = ["shared/awaitable.ts", "shared/values.ts"];

/** Requests that make the session, and whatever is made once. */
const WARM_UP = 3;

const trace = await startTracer(new URL("../../src/", import.meta.url));
// Not sooner: what is loaded before cannot be traced.
const { openRoutes } = await import("./routes.ts");

for (const { name, change, close } of await openRoutes()) {
  for (let count = 0; count < WARM_UP; count++) await change();
  const whole = await trace(change);
  close();
  const route = without(everywhere, whole);
  const rows = [
    ["", "files", "functions", "calls", "visits", "with returns"],
    row("all of src", figuresOf(whole)),
    row(`without ${everywhere.join(" and ")}`, figuresOf(route)),
  ];
  console.log(terminalTable({ title: name, rows }));
  console.log(`\n${lines(visitsOf(route))}`);
}

function row(name: string, { files, functions, calls, visits, withReturns }: Figures): readonly string[] {
  return [name, ...[files, functions, calls, visits, withReturns].map(String)];
}

/** A line a visit. */
function lines(visits: readonly Visit[]): string {
  const width = Math.max(...visits.map(({ file }) => file.length));
  return visits
    .map(({ file, calls }, index) => {
      const names = Array.from(calls, ([name, times]) => (times === 1 ? name : `${name} ×${times}`));
      return `${String(index + 1).padStart(3)}  ${file.padEnd(width)}  ${names.join(", ")}`;
    })
    .join("\n");
}
