/** A process that fills one store with sessions, and watches its memory and its event loop. Needs `--expose-gc`. */
import { setImmediate as nextTurn } from "node:timers/promises";

import { collect } from "./measure.ts";
import { keyOf, populations, sessionOf, type Population } from "./populations.ts";
import { spread } from "./statistics.ts";

/** The figures of one store. Bytes are bytes per session. */
export interface PopulationFigures {
  readonly sessions: number;
  /** JavaScript heap and array buffers. */
  readonly heapBytes: number;
  /** Memory of the process. */
  readonly rssBytes: number;
  /** Time to write one session, JSON included. */
  readonly insertMicroseconds: number;
  /** Time to read one session at random, `JSON.parse` included, while there are this many. */
  readonly reads: readonly { readonly sessions: number; readonly microseconds: number }[];
  /** Time of a full garbage collection while all sessions are there: the median of three. */
  readonly collectionMilliseconds: number;
  /** The longest time from one turn of the event loop to the next while as many keys and texts are made and dropped. */
  readonly controlStallMilliseconds: number;
  /** The same while they are inserted, a hundred in each turn. */
  readonly insertStallMilliseconds: number;
  /** The same while all have expired and are swept. Undefined if nothing sweeps them. */
  readonly sweepStallMilliseconds?: number | undefined;
  /** The longest turn of the sweep in processor time of the loop's thread, which other programs do not lengthen. */
  readonly sweepStallCpuMilliseconds?: number | undefined;
}

const INSERTS_A_TURN = 100;
/** Reads in one batch. The fastest of several batches counts. */
const READS = 20_000;
const READ_BATCHES = 5;
const FEWEST_READ = 1_000;
const COLLECTIONS = 3;

/** The step from one session to the next that is read. It is prime, so that none is read twice. */
const STRIDE = 611_953;

const [, , name = "", count = ""] = process.argv;
process.send?.(await populate(name, Number(count)));

/**
 * Fills a store and measures. The measurement of memory has a warm start: keys and texts are made and dropped before.
 * So the room that V8 takes for short-lived objects is not charged to the sessions.
 */
async function populate(subject: string, sessions: number): Promise<PopulationFigures> {
  const control = await turns(sessions / INSERTS_A_TURN, (turn) => {
    for (let number = 0; number < INSERTS_A_TURN; number += 1) makeAndDrop(turn * INSERTS_A_TURN + number);
  });
  const population = await populations[subject]?.();
  if (population === undefined) throw new TypeError(`no store "${subject}"`);
  const before = heldMemory();
  const reads: PopulationFigures["reads"][number][] = [];
  const inserts: Turns[] = [];
  let held = 0;
  for (let most = FEWEST_READ; most <= sessions; most *= 10) {
    const first = held;
    inserts.push(
      await turns((most - first) / INSERTS_A_TURN, (turn) => {
        const from = first + turn * INSERTS_A_TURN;
        for (let number = 0; number < INSERTS_A_TURN; number += 1) population.insert(from + number);
      }),
    );
    held = most;
    reads.push({ sessions: held, microseconds: readTime(population, held) });
  }
  const full = heldMemory();
  const collections = Array.from({ length: COLLECTIONS }, () => milliseconds(collect));
  const sweep = population.sweep && (await turns(Infinity, population.sweep));
  return {
    sessions,
    heapBytes: (full.heap - before.heap) / sessions,
    rssBytes: (full.rss - before.rss) / sessions,
    insertMicroseconds: (inserts.reduce((sum, { total }) => sum + total, 0) / sessions) * 1000,
    reads,
    collectionMilliseconds: spread(collections).median,
    controlStallMilliseconds: control.longest,
    insertStallMilliseconds: Math.max(...inserts.map(({ longest }) => longest)),
    sweepStallMilliseconds: sweep?.longest,
    sweepStallCpuMilliseconds: sweep?.longestCpu,
  };
}

/** Microseconds of one read at random. */
function readTime(population: Population, sessions: number): number {
  const batches = Array.from({ length: READ_BATCHES }, () =>
    milliseconds(() => {
      for (let read = 0; read < READS; read += 1) population.read((read * STRIDE) % sessions);
    }),
  );
  return (Math.min(...batches) / READS) * 1000;
}

function makeAndDrop(number: number): number {
  return keyOf(number).length + JSON.stringify(sessionOf(number)).length;
}

interface Turns {
  readonly total: number;
  readonly longest: number;
  readonly longestCpu: number;
}

/** Runs work in turns of the event loop, until it returns false. The times are milliseconds. */
async function turns(count: number, work: (turn: number) => boolean | void): Promise<Turns> {
  await nextTurn();
  const start = performance.now();
  let [longest, longestCpu] = [0, 0];
  let lastCpu = threadMilliseconds();
  let last = start;
  let goesOn = true;
  for (let turn = 0; turn < count && goesOn; turn += 1) {
    goesOn = work(turn) !== false;
    await nextTurn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    const cpu = threadMilliseconds();
    longestCpu = Math.max(longestCpu, cpu - lastCpu);
    lastCpu = cpu;
  }
  return { total: last - start, longest, longestCpu };
}

/** Processor time of this thread. Node before 23.9 cannot tell it: there it is the time on the clock. */
function threadMilliseconds(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage === undefined) return performance.now();
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1000;
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
