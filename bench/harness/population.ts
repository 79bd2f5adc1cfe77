/** A process that fills one store with sessions, and watches its memory and its event loop. Needs `--expose-gc`. */
import { setImmediate as nextTurn } from "node:timers/promises";

import { collect } from "./measure.ts";
import { keyOf, populations, sessionOf } from "./populations.ts";
import { spread } from "./statistics.ts";

/** What was found. Bytes are bytes per session. */
export interface PopulationFigures {
  readonly sessions: number;
  /** JavaScript heap and array buffers. */
  readonly heapBytes: number;
  /** Memory of the process. */
  readonly rssBytes: number;
  /** One session written, JSON included. */
  readonly insertMicroseconds: number;
  /** One session at random read, `JSON.parse` included. */
  readonly readMicroseconds: number;
  /** A full garbage collection while they are all there: the median of three. */
  readonly collectionMilliseconds: number;
  /** The longest time from one turn of the event loop to the next while as many keys and texts are made and dropped. */
  readonly controlStallMilliseconds: number;
  /** The same while they are inserted, a hundred in each turn. */
  readonly insertStallMilliseconds: number;
  /** The same while all have expired and are swept; undefined where nothing sweeps them. */
  readonly sweepStallMilliseconds?: number | undefined;
}

const INSERTS_A_TURN = 100;
const READS = 300_000;
const COLLECTIONS = 3;

/** A step between sessions that are read one after the other: prime, so that none is read twice. */
const STRIDE = 611_953;

const [, , name = "", count = ""] = process.argv;
process.send?.(await populate(name, Number(count)));

/**
 * Memory counts from a warm start: keys and texts were made and dropped before, so that the room V8 takes for
 * short-lived objects is not charged to the sessions.
 */
async function populate(subject: string, sessions: number): Promise<PopulationFigures> {
  const control = await turns(sessions / INSERTS_A_TURN, (turn) => {
    for (let number = 0; number < INSERTS_A_TURN; number += 1) makeAndDrop(turn * INSERTS_A_TURN + number);
  });
  const population = await populations[subject]?.();
  if (population === undefined) throw new TypeError(`no store "${subject}"`);
  const before = heldMemory();
  const inserts = await turns(sessions / INSERTS_A_TURN, (turn) => {
    for (let number = 0; number < INSERTS_A_TURN; number += 1) population.insert(turn * INSERTS_A_TURN + number);
  });
  const full = heldMemory();
  const collections = Array.from({ length: COLLECTIONS }, () => milliseconds(collect));
  const reads = milliseconds(() => {
    for (let read = 0; read < READS; read += 1) population.read((read * STRIDE) % sessions);
  });
  const { sweep } = population;
  return {
    sessions,
    heapBytes: (full.heap - before.heap) / sessions,
    rssBytes: (full.rss - before.rss) / sessions,
    insertMicroseconds: (inserts.total / sessions) * 1000,
    readMicroseconds: (reads / READS) * 1000,
    collectionMilliseconds: spread(collections).median,
    controlStallMilliseconds: control.longest,
    insertStallMilliseconds: inserts.longest,
    sweepStallMilliseconds: sweep && (await turns(Infinity, sweep)).longest,
  };
}

function makeAndDrop(number: number): number {
  return keyOf(number).length + JSON.stringify(sessionOf(number)).length;
}

/** Runs work in turns of the event loop until it answers false; milliseconds. */
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

function heldMemory(): { heap: number; rss: number } {
  collect();
  collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed + arrayBuffers, rss };
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
