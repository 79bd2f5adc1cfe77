/** How many requests a second of processor time serves over real HTTP, with sessions and without. */
import { connectLoad, type Load } from "../harness/load.ts";
import { spread, type Spread } from "../harness/statistics.ts";
import { titleOf } from "../subjects/all.ts";
import type { Framework, Kind, Store, Subject } from "../subjects/subject.ts";
import { startAll, type Case } from "./costs.ts";

/** The rates of a server, as shares of the bare framework's. */
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

const SLICES = 4;

/** Requests per second of processor time: by kind with sessions, and of the bare framework. */
type Sample = Readonly<Record<string, number>> & { readonly bare: number };

async function loadsOf({ member }: Station, { connections }: HttpPlan): Promise<{ bare: Load; own: Load }> {
  const { ports, cookies } = await member.call("listen");
  return {
    bare: await connectLoad(ports.bare, cookies, connections),
    own: await connectLoad(ports.own, cookies, connections),
  };
}

/** Measures one window in slices that alternate, so that a disturbance of the machine disturbs all kinds alike. */
async function measureOnce(server: Server, { kinds }: HttpPlan, milliseconds: number): Promise<Sample> {
  const wanted = isPerRoute(server) ? kinds.filter((each) => each !== "idle") : kinds;
  const loads = [...wanted.map((kind) => [kind, server.own, kind] as const), ["bare", server.bare, "read"] as const];
  const sums = new Map(loads.map(([name]) => [name as string, { count: 0, used: 0 }]));
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const [name, load, kind] of slice % 2 === 1 ? loads.toReversed() : loads) {
      const sum = sums.get(name);
      if (sum !== undefined) await serve(server, load, kind, milliseconds / SLICES, sum);
    }
  }
  const rates = [...sums].map(([name, { count, used }]) => [name, (count * 1e6) / used] as const);
  return Object.fromEntries(rates) as Sample;
}

function isPerRoute({ subject }: Server): boolean {
  return subject.perRoute === true;
}

async function serve(
  { member }: Server,
  load: Load,
  kind: Kind,
  milliseconds: number,
  sum: { count: number; used: number },
): Promise<void> {
  const before = await member.call("usage");
  sum.count += await load.send(`/${kind}`, milliseconds);
  sum.used += (await member.call("usage")) - before;
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
