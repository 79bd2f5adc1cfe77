/** Measures batches of requests: processor time of all threads, time on the clock, bytes allocated. */
import { getHeapStatistics } from "node:v8";

import type { Kind } from "../subjects/subject.ts";
import type { Driver } from "./drive.ts";
import { logIn, OTHER_COOKIES } from "./visits.ts";

/** Microseconds of one request. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/** Requests of one kind, ready to be sent. */
export interface Batch {
  readonly kind: Kind;
  readonly cookies: readonly string[];
  readonly count: number;
}

/** Prepares a batch. A batch of log-outs needs as many sessions as requests. */
export async function prepare(driver: Driver, kind: Kind, count: number, shared: readonly string[]): Promise<Batch> {
  if (kind === "none" || kind === "login") return { kind, count, cookies: [OTHER_COOKIES] };
  if (kind === "logout") return { kind, count, cookies: await logIn(driver, count) };
  return { kind, count, cookies: shared };
}

/** Sends a batch, with `lanes` requests at a time. */
export async function run(driver: Driver, { kind, cookies, count }: Batch, lanes: number): Promise<void> {
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (sent < count) await driver.fire(kind, cookies[sent++ % cookies.length] ?? "");
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

/** Measures the cost of one request of a batch. */
export async function timed(driver: Driver, batch: Batch, lanes: number): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await run(driver, batch, lanes);
  const wall = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / batch.count, wall: wall / batch.count };
}

/** Measures the bytes that one request allocates. The young generation must hold those of the batch: see `bytesOf`. */
export async function allocated(driver: Driver, batch: Batch): Promise<number> {
  collect();
  const before = heldBytes();
  await run(driver, batch, 1);
  return (heldBytes() - before) / batch.count;
}

/** Collects garbage, if Node was started with `--expose-gc`. */
export function collect(): void {
  globalThis.gc?.();
}

function heldBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
