/**
 * What a session costs in memory, and what a million of them do to the event loop.
 *
 * @module
 */

import { cpus } from "node:os";
import { memoryUsage, version } from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { memoryStore } from "../../src/index.ts";
import type { SessionData, StoreContext } from "../../src/types.ts";

const MILLION = 1_000_000;

/** As many sessions as begin between two turns of the event loop of a busy server. */
const INSERTS_A_TURN = 100;

const READS = 500_000;
const COLLECTIONS = 5;

/** A step between sessions that are read one after the other: prime, so that none is read twice. */
const STRIDE = 611_953;

const START = 1_700_000_000_000;
const HOUR = 3_600_000;

/** What was measured. Bytes are bytes per session. */
export interface MemoryFigures {
  readonly node: string;
  readonly cpu: string;
  readonly sessions: number;
  /** JavaScript heap and array buffers. */
  readonly heapBytes: number;
  /** Memory of the process. */
  readonly rssBytes: number;
  /** One `writeSession`, check and JSON included. */
  readonly insertMicroseconds: number;
  /** One `readSession` of a session at random, `JSON.parse` included. */
  readonly readMicroseconds: number;
  /** A full garbage collection while they are all there: the median of five. */
  readonly collectionMilliseconds: number;
  /** The longest time from one turn of the event loop to the next while 100 keys and texts are made and dropped. */
  readonly controlStallMilliseconds: number;
  /** The same while they are inserted, 100 in each: what is longer than the control is due to the store. */
  readonly insertStallMilliseconds: number;
  /** The same while all have expired and the store sweeps them, a slice in a turn. */
  readonly sweepStallMilliseconds: number;
  /** From the request that begins the sweep to the last slice. */
  readonly sweepMilliseconds: number;
  /** Array buffers of the empty store, in all: not per session. */
  readonly emptyBytes: number;
}

/** The sessions that are measured; all end within the hour. */
interface Sessions {
  insert(number: number): void;
  read(number: number): void;
  /** Lets a request come an hour later; answers whether any are left. */
  sweep(): boolean;
}

/**
 * Measures sessions of 100 bytes of JSON. Memory counts from a warm start: keys and texts were made and dropped
 * before, so that the room V8 takes for short-lived objects is not charged to the sessions.
 *
 * @throws Error without `--expose-gc`.
 */
export async function memoryBench(sessions: number = MILLION): Promise<MemoryFigures> {
  const control = await turns(sessions / INSERTS_A_TURN, (turn) => {
    for (let number = 0; number < INSERTS_A_TURN; number += 1) makeAndDrop(turn * INSERTS_A_TURN + number);
  });

  const before = collectedMemory();
  const subject = storedSessions();
  const inserts = await turns(sessions / INSERTS_A_TURN, (turn) => {
    for (let number = 0; number < INSERTS_A_TURN; number += 1) subject.insert(turn * INSERTS_A_TURN + number);
  });
  const full = collectedMemory();
  const collectionMilliseconds = median(Array.from({ length: COLLECTIONS }, () => milliseconds(collect)));
  const reads = milliseconds(() => {
    for (let read = 0; read < READS; read += 1) subject.read((read * STRIDE) % sessions);
  });
  const sweep = await turns(Infinity, () => subject.sweep());

  return {
    node: version,
    cpu: cpus()[0]?.model ?? "unknown",
    sessions,
    heapBytes: (full.heap - before.heap) / sessions,
    rssBytes: (full.rss - before.rss) / sessions,
    insertMicroseconds: (inserts.total / sessions) * 1000,
    readMicroseconds: (reads / READS) * 1000,
    collectionMilliseconds,
    controlStallMilliseconds: control.longest,
    insertStallMilliseconds: inserts.longest,
    sweepStallMilliseconds: sweep.longest,
    sweepMilliseconds: sweep.total,
    emptyBytes: collectedMemory().buffers - before.buffers,
  };
}

/** The figures as lines. */
export function memoryReport(figures: MemoryFigures): string {
  const rows: [string, number, string][] = [
    ["heap and buffers", figures.heapBytes, "B a session"],
    ["RSS", figures.rssBytes, "B a session"],
    ["insert", figures.insertMicroseconds, "µs"],
    ["read", figures.readMicroseconds, "µs"],
    ["full collection", figures.collectionMilliseconds, "ms"],
    ["longest stall, no store", figures.controlStallMilliseconds, "ms"],
    ["longest stall, inserting", figures.insertStallMilliseconds, "ms"],
    ["longest stall, expiring", figures.sweepStallMilliseconds, "ms"],
    ["sweep of all, in slices", figures.sweepMilliseconds, "ms"],
    ["buffers once empty", figures.emptyBytes / 1024, "KiB in all"],
  ];
  const lines = rows.map(([name, value, unit]) => `${name.padEnd(26)}${value.toFixed(1).padStart(8)}  ${unit}`);
  return [`${figures.sessions} sessions of 100 B, Node ${figures.node}, ${figures.cpu}`, ...lines, ""].join("\n");
}

function storedSessions(): Sessions {
  const store = memoryStore({ maxSessions: 2 * MILLION });
  return {
    insert: (number) => void store.writeSession(keyOf(number), sessionOf(number), at(START)),
    read: (number) => void store.readSession(keyOf(number), at(START)),
    sweep: () => {
      void store.readSession("unknown", at(START + HOUR));
      return store.size > 0;
    },
  };
}

function at(now: number): StoreContext {
  return { now, ttl: 1800, cookieName: "ring-session" };
}

function makeAndDrop(number: number): number {
  return keyOf(number).length + JSON.stringify(sessionOf(number)).length;
}

function keyOf(number: number): string {
  return `key-${number}`.padEnd(32, "x");
}

/** A hundred bytes of JSON. */
function sessionOf(number: number): SessionData {
  const user = `user-${number}`.padEnd(16, "-");
  return { user, roles: ["reader", "writer"], theme: "dark", cart: [1, 2], csrf: "0123456" };
}

/** Runs work in turns of the event loop until it answers false; turns in milliseconds. */
async function turns(
  count: number,
  work: (turn: number) => boolean | void,
): Promise<{ total: number; longest: number }> {
  await nextTurn();
  const start = performance.now();
  let longest = 0;
  let last = start;
  let goesOn = true;
  for (let turn = 0; turn < count && goesOn; turn += 1) {
    goesOn = work(turn) !== false;
    await nextTurn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return { total: last - start, longest };
}

function collectedMemory(): { heap: number; rss: number; buffers: number } {
  collect();
  collect();
  const { heapUsed, arrayBuffers, rss } = memoryUsage();
  return { heap: heapUsed + arrayBuffers, rss, buffers: arrayBuffers };
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("memoryBench: needs the garbage collector; run node --expose-gc");
  globalThis.gc();
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
