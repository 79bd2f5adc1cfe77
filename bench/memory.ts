/**
 * What a session costs in memory, and what a million of them do to the event loop.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { cpus } from "node:os";
import { memoryUsage, version } from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTable } from "../src/internal/table.ts";

const MILLION = 1_000_000;

/** As many sessions as begin between two turns of the event loop of a busy server. */
const INSERTS_A_TURN = 100;

/** How many sessions a sweep looks at in one turn. */
const LOOKS_A_TURN = 1_000;

const READS = 500_000;
const COLLECTIONS = 5;

/** A step between sessions that are read one after the other: prime, so that none is read twice. */
const STRIDE = 611_953;

const END = 1_000;

/** What was measured. Bytes are bytes per session. */
export interface MemoryFigures {
  readonly node: string;
  readonly cpu: string;
  readonly sessions: number;
  /** JavaScript heap and array buffers. */
  readonly heapBytes: number;
  /** Memory of the process. */
  readonly rssBytes: number;
  /** One insert, hash of the key included. */
  readonly insertMicroseconds: number;
  /** One read of a session at random, hash of the key included; `JSON.parse` is not. */
  readonly readMicroseconds: number;
  /** A full garbage collection while they are all there: the median of five. */
  readonly collectionMilliseconds: number;
  /** The longest time from one turn of the event loop to the next while 100 keys and texts are made and dropped. */
  readonly controlStallMilliseconds: number;
  /** The same while they are inserted, 100 in each: what is longer than the control is due to the table. */
  readonly insertStallMilliseconds: number;
  /** The same while all have expired and are swept, 1,000 in each. */
  readonly sweepStallMilliseconds: number;
  /** From the first slice of the sweep to the last. */
  readonly sweepMilliseconds: number;
  /** Array buffers of the empty table, in all: not per session. */
  readonly emptyBytes: number;
}

/** The sessions that are measured; all end at {@link END}. */
interface Sessions {
  insert(number: number): void;
  read(number: number): void;
  /** Looks at the next thousand; answers whether any are left. */
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
  const subject = tableSessions();
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
    ["longest stall, no table", figures.controlStallMilliseconds, "ms"],
    ["longest stall, inserting", figures.insertStallMilliseconds, "ms"],
    ["longest stall, expiring", figures.sweepStallMilliseconds, "ms"],
    ["sweep of all, in slices", figures.sweepMilliseconds, "ms"],
    ["buffers once empty", figures.emptyBytes / 1024, "KiB in all"],
  ];
  const lines = rows.map(([name, value, unit]) => `${name.padEnd(26)}${value.toFixed(1).padStart(8)}  ${unit}`);
  return [`${figures.sessions} sessions of 100 B, Node ${figures.node}, ${figures.cpu}`, ...lines, ""].join("\n");
}

function tableSessions(): Sessions {
  const table = createTable();
  return {
    insert: (number) => void table.insert(digestOf(number), jsonOf(number), END),
    read: (number) => {
      const slot = table.find(digestOf(number));
      table.text(slot);
      table.touch(slot);
    },
    sweep: () => {
      table.sweep(END + 1, LOOKS_A_TURN);
      return table.size > 0;
    },
  };
}

function makeAndDrop(number: number): number {
  return digestOf(number).byteLength + Buffer.byteLength(jsonOf(number));
}

const digest = Buffer.allocUnsafeSlow(32);

/** By way of text into one buffer: a third of the time of a hash that answers a new buffer. */
function digestOf(number: number): Buffer {
  digest.write(hash("sha256", `key of session ${number}`, "binary"), "latin1");
  return digest;
}

function jsonOf(number: number): string {
  const user = `user-${number}`.padEnd(16, "-");
  return `{"user":"${user}","roles":["reader","writer"],"theme":"dark","cart":[1,2],"csrf":"0123456"}`;
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
