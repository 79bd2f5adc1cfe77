/** The three races: processes change one store, and a referee checks it afterwards. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { SessionData, SessionStore } from "ringlet";

import type { Job, Outcome } from "./messages.ts";
import { randomFrom } from "./random.ts";
import { openStore } from "./stores.ts";

/** The size of the races. */
export interface RaceOptions {
  /** The place of the store, for `openStore`. */
  readonly place: string;
  readonly processes: number;
  readonly increments: number;
  readonly pairs: number;
  readonly logOuts: number;
  readonly seed: number;
}

/** The results. `lost` and `revived` must be 0, and `counted` must equal `made`. */
export interface RaceResult {
  readonly increments: { readonly made: number; readonly counted: number };
  readonly pairs: { readonly made: number; readonly lost: number; readonly merged: number };
  readonly logOuts: { readonly made: number; readonly revived: number; readonly dropped: number };
  /** The first few errors of requests. */
  readonly errors: readonly string[];
}

const CHUNK = 500;
const MOST_TURNS = 12;

/** Runs all three races. `tell` gets a line after each. */
export async function race(options: RaceOptions, tell: (line: string) => void = () => undefined): Promise<RaceResult> {
  const { store, close } = await openStore(options.place);
  // This makes the store's table, if it has one, before the other processes start.
  await store.readSession("nobody", context());
  const racers = await Promise.all(Array.from({ length: options.processes }, () => startRacer(options.place)));
  const errors: string[] = [];
  const send: Send = async (jobs) => {
    const outcomes = await Promise.all(racers.map((racer, index) => hand(racer, jobs[index] ?? [])));
    errors.push(...outcomes.flatMap((outcome) => outcome.errors).slice(0, 5));
    return outcomes;
  };
  const random = randomFrom(options.seed);
  const timed = async <T>(run: () => Promise<T>, line: (result: T) => string): Promise<T> => {
    const start = performance.now();
    const result = await run();
    tell(`${line(result)}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return result;
  };
  try {
    return {
      increments: await timed(
        () => raceIncrements(store, send, options),
        ({ made, counted }) => `${made} increments from ${options.processes} processes: ${counted} counted`,
      ),
      pairs: await timed(
        () => racePairs(store, send, options, random),
        ({ made, lost, merged }) => `${made} pairs of disjoint changes: ${lost} lost (${merged} met and were merged)`,
      ),
      logOuts: await timed(
        () => raceLogOuts(store, send, options, random),
        ({ made, revived, dropped }) =>
          `${made} log-outs against a change: ${revived} revived (${dropped} changes came too late and were dropped)`,
      ),
      errors,
    };
  } finally {
    for (const racer of racers) racer.disconnect();
    await close();
  }
}

type Send = (jobs: readonly (readonly Job[])[]) => Promise<readonly Outcome[]>;

async function raceIncrements(
  store: SessionStore,
  send: Send,
  { increments, processes }: RaceOptions,
): Promise<RaceResult["increments"]> {
  const key = await store.writeSession(undefined, { n: 0 }, context());
  const job: Job = { key, does: "increment", name: "n", turns: 0 };
  await send(split(increments, processes).map((count) => Array.from({ length: count }, () => job)));
  const session = await store.readSession(key, context());
  return { made: increments, counted: Number(session?.["n"]) };
}

async function racePairs(
  store: SessionStore,
  send: Send,
  { pairs, processes }: RaceOptions,
  random: () => number,
): Promise<RaceResult["pairs"]> {
  let lost = 0;
  let merged = 0;
  await inChunks(store, pairs, async (keys) => {
    const outcomes = await send(
      opponents(keys, processes, (key, side) => ({
        key,
        does: "set",
        name: side === 0 ? "one" : "other",
        turns: turns(random),
      })),
    );
    merged += total(outcomes, "conflict-merged");
    for (const session of await readAll(store, keys)) if (!session?.["one"] || !session["other"]) lost++;
  });
  return { made: pairs, lost, merged };
}

async function raceLogOuts(
  store: SessionStore,
  send: Send,
  { logOuts, processes }: RaceOptions,
  random: () => number,
): Promise<RaceResult["logOuts"]> {
  let revived = 0;
  let dropped = 0;
  await inChunks(store, logOuts, async (keys) => {
    const outcomes = await send(
      opponents(keys, processes, (key, side) => ({
        key,
        does: side === 0 ? "logOut" : "set",
        name: "late",
        turns: turns(random),
      })),
    );
    dropped += total(outcomes, "write-dropped");
    for (const session of await readAll(store, keys)) if (session !== undefined) revived++;
  });
  return { made: logOuts, revived, dropped };
}

/** Makes jobs such that each key is used by two processes at about the same time. */
function opponents(keys: readonly string[], processes: number, job: (key: string, side: 0 | 1) => Job): Job[][] {
  const jobs: Job[][] = Array.from({ length: processes }, () => []);
  for (const [index, key] of keys.entries()) {
    jobs[index % processes]?.push(job(key, 0));
    jobs[(index + 1) % processes]?.push(job(key, 1));
  }
  return jobs;
}

async function inChunks(
  store: SessionStore,
  count: number,
  run: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let done = 0; done < count; done += CHUNK) {
    const fresh = Array.from({ length: Math.min(CHUNK, count - done) }, async () =>
      store.writeSession(undefined, { user: "ada" }, context()),
    );
    await run(await Promise.all(fresh));
  }
}

function readAll(store: SessionStore, keys: readonly string[]): Promise<readonly (SessionData | undefined)[]> {
  return Promise.all(keys.map(async (key) => store.readSession(key, context())));
}

function context(): { now: number; ttl: number; cookieName: string } {
  return { now: Date.now(), ttl: 600, cookieName: "ring-session" };
}

function turns(random: () => number): number {
  return Math.floor(random() * MOST_TURNS);
}

function split(count: number, parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((count + index) / parts));
}

function total(outcomes: readonly Outcome[], event: string): number {
  return outcomes.reduce((sum, { events }) => sum + (events[event] ?? 0), 0);
}

async function startRacer(place: string): Promise<ChildProcess> {
  const racer = fork(fileURLToPath(new URL("racer.js", import.meta.url)), [place]);
  await once(racer, "message");
  return racer;
}

async function hand(racer: ChildProcess, jobs: readonly Job[]): Promise<Outcome> {
  const answer = once(racer, "message");
  racer.send(jobs);
  const [outcome] = (await answer) as [Outcome];
  return outcome;
}
