/** Numbers for readers: three digits, no more. */
import type { Spread } from "../harness/statistics.ts";

export function short(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1_000) return grouped(Math.round(value));
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** A median with its quartiles. */
export function withSpread({ median, low, high }: Spread): string {
  return `${short(median)} (${short(low)}–${short(high)})`;
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

/** A number with its thousands apart. */
function grouped(value: number): string {
  return value.toLocaleString("en-US").replaceAll(",", " ");
}
