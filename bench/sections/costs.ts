/** The cost that sessions add on one store, without a network. Subjects take turns, each in its own process. */
import { startMember, type Member } from "../harness/crew.ts";
import { added, spread, type Spread } from "../harness/statistics.ts";
import type { Crowd } from "../harness/visits.ts";
import { subjects, titleOf } from "../subjects/all.ts";
import type { Kind, Setting, Subject } from "../subjects/subject.ts";

/** The cost of a request with sessions minus its cost without, in µs and bytes. */
export interface AddedCost {
  readonly subject: string;
  readonly side: Subject["side"];
  readonly framework: Subject["framework"];
  readonly kind: Kind;
  readonly lanes: number;
  /** The place on the axis of a plot, if the rows are for one. */
  readonly point?: number | undefined;
  readonly cpu: Spread;
  /** `cpu` of each round. Two subjects had the same conditions in the same round. */
  readonly rounds: readonly number[];
  readonly wall: Spread;
  /** Undefined if bytes were not counted. */
  readonly bytes?: Spread | undefined;
  /** The framework's own µs of processor time, for comparison. */
  readonly bareCpu: Spread;
}

/** How much is measured. */
export interface Plan {
  readonly kinds: readonly Kind[];
  /** Requests in flight. */
  readonly lanes: readonly number[];
  readonly rounds: number;
  /** Time for one batch, and for the warm-up of a kind of request. */
  readonly batchMilliseconds: number;
  readonly warmMilliseconds: number;
  /** Rounds in which bytes are counted. 0 counts none. */
  readonly byteRounds: number;
}

export interface Costs {
  readonly rows: readonly AddedCost[];
  /** The cases that could not be measured, and why. */
  readonly missing: readonly string[];
}

/** One thing to measure. */
export interface Case {
  readonly subject: Subject;
  readonly setting: Setting;
  readonly crowd?: Crowd | undefined;
  readonly point?: number | undefined;
}

interface Station extends Case {
  readonly member: Member;
}

/** The subjects that run on a store, as cases. */
export function casesOn(setting: Setting, wanted: (subject: Subject) => boolean = () => true): Case[] {
  return subjects
    .filter((subject) => subject.stores.includes(setting.store) && wanted(subject))
    .map((subject) => ({ subject, setting }));
}

/** Measures cases against each other. */
export async function measureCosts(cases: readonly Case[], plan: Plan): Promise<Costs> {
  const { stations, missing } = await startAll(cases);
  const cells = new Map<string, Samples>();
  await warmUpAll(stations, plan);
  for (let round = 0; round < plan.rounds; round += 1) {
    const backwards = round % 2 === 1;
    for (const lanes of plan.lanes) {
      for (const kind of plan.kinds) {
        for (const station of backwards ? stations.toReversed() : stations) {
          if (!isMeasured(station.subject, kind)) continue;
          const cell = cellOf(cells, station, kind, lanes);
          cell.costs.push(await station.member.call("round", kind, lanes, plan.batchMilliseconds, backwards));
          if (round < plan.byteRounds) cell.bytes.push(await station.member.call("bytes", kind));
        }
      }
    }
  }
  for (const { member } of stations) member.end();
  return { rows: [...cells.values()].map(summary), missing };
}

/** Starts a process for each case. Returns a line for each case that could not be started. */
export async function startAll(cases: readonly Case[]): Promise<{ stations: Station[]; missing: string[] }> {
  const missing: string[] = [];
  const started = await Promise.all(
    cases.map(async (each) => {
      const member = startMember();
      try {
        await member.call("start", titleOf(each.subject), each.setting, each.crowd);
        return { ...each, member };
      } catch (error) {
        member.end();
        missing.push(`${titleOf(each.subject)} on ${each.setting.store}: ${firstLine(error)}`);
        return undefined;
      }
    }),
  );
  return { stations: started.filter((each) => each !== undefined), missing };
}

/** The first line of an error. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** Warms two stations up at a time: nothing is timed yet. */
async function warmUpAll(stations: readonly Station[], plan: Plan): Promise<void> {
  const waiting = [...stations];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await warmUp(next, plan);
  };
  await Promise.all([work(), work()]);
}

async function warmUp({ subject, member }: Station, { kinds, lanes, warmMilliseconds }: Plan): Promise<void> {
  for (const kind of kinds.filter((each) => isMeasured(subject, each))) {
    for (const inFlight of lanes) await member.call("warm", kind, inFlight, warmMilliseconds);
  }
}

/** Whether to measure a kind. If a route without the session does not call the library, there is nothing to measure. */
function isMeasured({ perRoute = false, side }: Subject, kind: Kind): boolean {
  return (!perRoute && side !== "floor") || (kind !== "none" && kind !== "idle");
}

interface Samples {
  readonly station: Station;
  readonly kind: Kind;
  readonly lanes: number;
  readonly costs: { readonly bare: { cpu: number; wall: number }; readonly own: { cpu: number; wall: number } }[];
  readonly bytes: { readonly bare: number; readonly own: number }[];
}

function cellOf(cells: Map<string, Samples>, station: Station, kind: Kind, lanes: number): Samples {
  const name = `${titleOf(station.subject)} ${station.point ?? ""} ${kind} ${lanes}`;
  const cell = cells.get(name) ?? { station, kind, lanes, costs: [], bytes: [] };
  cells.set(name, cell);
  return cell;
}

function summary({ station: { subject, point }, kind, lanes, costs, bytes }: Samples): AddedCost {
  return {
    subject: titleOf(subject),
    side: subject.side,
    framework: subject.framework,
    kind,
    lanes,
    ...(point !== undefined && { point }),
    cpu: added(costs.map(({ bare, own }) => [bare.cpu, own.cpu])),
    rounds: costs.map(({ bare, own }) => own.cpu - bare.cpu),
    wall: added(costs.map(({ bare, own }) => [bare.wall, own.wall])),
    ...(bytes.length > 0 && { bytes: added(bytes.map(({ bare, own }) => [bare, own])) }),
    bareCpu: spread(costs.map(({ bare }) => bare.cpu)),
  };
}
