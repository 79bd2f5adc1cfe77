/** Timing that a busy machine disturbs little: batches of all cases in turn, and of each case the least disturbed. */

/** Something to time: one operation. */
export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

/** A case and what one operation of it took. */
export interface Timed {
  readonly name: string;
  readonly microseconds: number;
}

const BATCHES = 15;
const WARM_UP = 5_000;

/** Times cases against each other: µs of one operation, the least of fifteen batches. */
export async function time(cases: readonly Case[], operations = 5_000): Promise<Timed[]> {
  for (const { run } of cases) await batch(run, WARM_UP);
  const best = cases.map(() => Infinity);
  for (let round = 0; round < BATCHES; round++) {
    for (const [index, { run }] of cases.entries()) {
      best[index] = Math.min(best[index] ?? Infinity, await batch(run, operations));
    }
  }
  return cases.map(({ name }, index) => ({ name, microseconds: best[index] ?? Infinity }));
}

async function batch(run: () => unknown, operations: number): Promise<number> {
  const start = performance.now();
  for (let count = 0; count < operations; count++) await run();
  return ((performance.now() - start) * 1000) / operations;
}

/** Rows of cells as text, columns aligned; the first column to the left. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return rows.map(line).join("\n");
}
