/** A process with one subject, and the same framework without sessions. It does what the bench tells it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { subjects, titleOf } from "../subjects/all.ts";
import { bareApplication } from "../subjects/bare.ts";
import type { Application, Kind, Setting } from "../subjects/subject.ts";
import { driverOf, type Driver } from "./drive.ts";
import { allocated, prepare, run, timed, type Cost } from "./measure.ts";
import { logIn, verify, type Crowd } from "./visits.ts";

const SHARED_SESSIONS = 64;
const BYTES_A_SAMPLE = 4_000_000;

interface Side {
  readonly application: Application;
  readonly driver: Driver;
  readonly cookies: readonly string[];
  /** The last cost of one request, in µs by kind, and in bytes by `bytes of` and the kind. */
  readonly estimates: Map<string, number>;
  server?: Server;
}

/** A value of the framework without sessions, and the same of the subject. */
export interface Pair<T> {
  readonly bare: T;
  readonly own: T;
}

let sides: Pair<Side>;

/** The functions that the bench may call. */
export const calls = {
  /** Makes the subject with this title and tries it out. */
  async start(title: string, setting: Setting, crowd: Crowd = {}): Promise<void> {
    const subject = subjects.find((each) => titleOf(each) === title && each.stores.includes(setting.store));
    if (subject === undefined) throw new Error(`no subject "${title}" on ${setting.store}`);
    const own = await subject.make(setting);
    await verify(driverOf(own));
    const cookies = await logIn(driverOf(own), SHARED_SESSIONS, crowd.others);
    const bare = await bareApplication(subject.framework);
    sides = { bare: sideOf(bare, cookies), own: sideOf(own, cookies) };
  },

  /** Runs requests of a kind for some time, until they are compiled. Learns how long they take. */
  async warm(kind: Kind, lanes: number, milliseconds: number): Promise<void> {
    for (const side of [sides.bare, sides.own]) {
      let [count, took] = [2, 0];
      while (took < milliseconds) {
        const batch = await prepare(side.driver, kind, count, side.cookies);
        const { wall } = await timed(side.driver, batch, lanes);
        took += (wall * count) / 1000;
        side.estimates.set(kind, wall);
        count = Math.min(2_000, mostOf(kind), count * 2);
      }
    }
  },

  /** Times a batch without sessions and one with, in either order. Each takes about this long. */
  async round(kind: Kind, lanes: number, milliseconds: number, backwards: boolean): Promise<Pair<Cost>> {
    const costs: Cost[] = [];
    for (const side of backwards ? [sides.own, sides.bare] : [sides.bare, sides.own]) {
      const count = Math.round((milliseconds * 1000) / (side.estimates.get(kind) ?? 10));
      const batch = await prepare(side.driver, kind, Math.max(2, Math.min(mostOf(kind), count)), side.cookies);
      // Other processes used the processor's caches in the meantime. A session can be ended only once.
      if (kind !== "logout") await run(side.driver, { ...batch, count: Math.ceil(batch.count / 4) }, lanes);
      costs.push(await timed(side.driver, batch, lanes));
    }
    const [first, second] = costs as [Cost, Cost];
    return backwards ? { bare: second, own: first } : { bare: first, own: second };
  },

  /** Measures the bytes that a request of a kind allocates. */
  async bytes(kind: Kind): Promise<Pair<number>> {
    return { bare: await bytesOf(sides.bare, kind), own: await bytesOf(sides.own, kind) };
  },

  /** Sends requests and waits until all are done, so that what they do elsewhere can be counted. */
  async send(kind: Kind, count: number): Promise<void> {
    await run(sides.own.driver, await prepare(sides.own.driver, kind, count, sides.own.cookies), 1);
  },

  /** Serves both applications. Returns their ports, and the Cookie headers of visitors who are logged in. */
  async listen(): Promise<{ ports: Pair<number>; cookies: readonly string[] }> {
    return { ports: { bare: await portOf(sides.bare), own: await portOf(sides.own) }, cookies: sides.own.cookies };
  },

  /** Returns the processor time of this process so far, in µs. */
  async usage(): Promise<number> {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

/** The most requests in a batch. A log-out needs a log-in before it, and each log-in leaves a session in the store. */
function mostOf(kind: Kind): number {
  if (kind === "logout") return 250;
  return kind === "login" ? 1_000 : 20_000;
}

function sideOf(application: Application, cookies: readonly string[]): Side {
  return { application, driver: driverOf(application), cookies, estimates: new Map() };
}

async function bytesOf(side: Side, kind: Kind): Promise<number> {
  const { driver, cookies, estimates } = side;
  const name = `bytes of ${kind}`;
  const count = Math.round(BYTES_A_SAMPLE / (estimates.get(name) ?? BYTES_A_SAMPLE / 20));
  const batch = await prepare(driver, kind, Math.max(10, Math.min(400, count)), cookies);
  const bytes = await allocated(driver, batch);
  estimates.set(name, Math.max(1, bytes));
  return bytes;
}

async function portOf(side: Side): Promise<number> {
  const { application } = side;
  const listener = "node" in application ? application.node : await application.listener();
  side.server ??= createServer((request, response) => void listener(request, response));
  // Connections wait for their turn while other servers are measured.
  side.server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => side.server?.listen(0, "127.0.0.1", resolve));
  return (side.server.address() as AddressInfo).port;
}

process.on("message", ({ call, args }: { call: keyof typeof calls; args: never[] }) => {
  const work = calls[call] as (...args: never[]) => Promise<unknown>;
  work(...args).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.once("disconnect", () => process.exit());
