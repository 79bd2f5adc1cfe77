/** Over real HTTP: how many requests a second of processor time serves, with sessions and without. */
import { connectLoad, type Load } from "../harness/load.ts";
import { spread, type Spread } from "../harness/statistics.ts";
import { titleOf } from "../subjects/all.ts";
import type { Framework, Kind, Store, Subject } from "../subjects/subject.ts";
import { startAll, type Case } from "./costs.ts";

/** A server, as shares of the bare framework's. */
export interface HttpRow {
  readonly subject: string;
  readonly side: Subject["side"];
  readonly framework: Framework;
  readonly store: Store;
  /** Requests per second of processor time. */
  readonly bare: Spread;
  readonly shares: Partial<Record<Kind, Spread>>;
}

/** How much is measured. */
export interface HttpPlan {
  readonly kinds: readonly Kind[];
  readonly rounds: number;
  readonly windowMilliseconds: number;
  readonly warmMilliseconds: number;
  readonly connections: number;
}

/** Serves every case in its own process and sends load from this one. */
export async function measureHttp(
  cases: readonly Case[],
  plan: HttpPlan,
): Promise<{ rows: HttpRow[]; missing: string[] }> {
  const { stations, missing } = await startAll(cases);
  const servers = await Promise.all(
    stations.map(async (station) => ({ ...station, ...(await loadsOf(station, plan)) })),
  );
  const samples = servers.map(() => [] as Sample[]);
  for (const server of servers) await measureOnce(server, plan, plan.warmMilliseconds);
  for (let round = 0; round < plan.rounds; round += 1) {
    const order = [...servers.keys()];
    for (const index of round % 2 === 1 ? order.toReversed() : order) {
      const server = servers[index];
      if (server !== undefined) samples[index]?.push(await measureOnce(server, plan, plan.windowMilliseconds));
    }
  }
  for (const { bare, own, member } of servers) {
    bare.close();
    own.close();
    member.end();
  }
  return { rows: servers.map((server, index) => summary(server, plan.kinds, samples[index] ?? [])), missing };
}

type Station = Awaited<ReturnType<typeof startAll>>["stations"][number];
type Server = Station & { readonly bare: Load; readonly own: Load };

/** Requests per second of processor time. */
type Sample = Readonly<Record<string, number>> & { readonly bare: number };

async function loadsOf({ member }: Station, { connections }: HttpPlan): Promise<{ bare: Load; own: Load }> {
  const { ports, cookies } = await member.call("listen");
  return {
    bare: await connectLoad(ports.bare, cookies, connections),
    own: await connectLoad(ports.own, cookies, connections),
  };
}

async function measureOnce(server: Server, { kinds }: HttpPlan, milliseconds: number): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const kind of isPerRoute(server) ? kinds.filter((each) => each !== "idle") : kinds) {
    sample[kind] = await served(server, server.own, kind, milliseconds);
  }
  return { ...sample, bare: await served(server, server.bare, "read", milliseconds) };
}

function isPerRoute({ subject }: Server): boolean {
  return subject.perRoute === true;
}

async function served({ member }: Server, load: Load, kind: Kind, milliseconds: number): Promise<number> {
  const before = await member.call("usage");
  const count = await load.send(`/${kind}`, milliseconds);
  return (count * 1e6) / ((await member.call("usage")) - before);
}

function summary({ subject, setting }: Server, kinds: readonly Kind[], samples: readonly Sample[]): HttpRow {
  const shares = kinds
    .filter((kind) => samples.some((sample) => sample[kind] !== undefined))
    .map((kind) => [kind, spread(samples.map((sample) => (sample[kind] ?? NaN) / sample.bare))] as const);
  return {
    subject: titleOf(subject),
    side: subject.side,
    framework: subject.framework,
    store: setting.store,
    bare: spread(samples.map(({ bare }) => bare)),
    shares: Object.fromEntries(shares),
  };
}
