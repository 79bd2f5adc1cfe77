/** Median and spread, for measurements that other work on the machine disturbs. */

/** The median, the quartiles around it, and the least value, which was disturbed least. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Returns the spread of some numbers. Without any number, all its values are NaN. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    least: quantile(sorted, 0),
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** Interpolates between the two nearest numbers of a sorted list. */
function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** The spread of the differences: of what each pair's second number has more than its first. */
export function added(pairs: readonly (readonly [without: number, with_: number])[]): Spread {
  return spread(pairs.map(([without, with_]) => with_ - without));
}
