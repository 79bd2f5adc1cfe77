import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

import { freePort } from "./process.ts";
import { connectRedis } from "./redis-clock.ts";
import { redisProgram, startRedis, type RedisServer } from "./redis.ts";

/** A cluster of real servers on this machine. */
export interface RedisCluster {
  /** The three masters, and then the replica of the first one if there is one. */
  readonly nodes: readonly RedisServer[];
  /** The address of each node. */
  readonly urls: readonly string[];
  /** Moves a number of slots from one master to another, with their keys. */
  readonly moveSlots: (from: number, to: number, count: number) => Promise<void>;
  readonly end: () => Promise<void>;
}

const SLOTS = [
  ["0", "5460"],
  ["5461", "10922"],
  ["10923", "16383"],
] as const;

/** Starts three masters, and a replica of the first one if wanted, which replaces it after half a second. */
export async function startRedisCluster(withReplica = false): Promise<RedisCluster> {
  const started = await Promise.all(Array.from({ length: withReplica ? 4 : 3 }, async () => startNode()));
  const nodes = started.map(({ server }) => server);
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await Promise.all(
    SLOTS.map(async ([first, last], position) => {
      const port = nodes[position]?.port ?? 0;
      await ask(port, ["CLUSTER", "ADDSLOTSRANGE", first, last]);
      await ask(port, ["CLUSTER", "SET-CONFIG-EPOCH", String(position + 1)]);
    }),
  );
  for (const { port } of nodes) await meet(port, started);
  for (const { port } of nodes) await until(async () => isUp(port, nodes.length));
  if (withReplica) await makeReplica(nodes);
  const [first = ""] = addresses;
  const ids = await Promise.all(nodes.map(async ({ port }) => String(await ask(port, ["CLUSTER", "MYID"]))));
  return {
    nodes,
    urls: addresses.map((address) => `redis://${address}`),
    async moveSlots(from, to, count) {
      const [source = "", target = ""] = [ids[from], ids[to]];
      const slots = ["--cluster-from", source, "--cluster-to", target, "--cluster-slots", String(count)];
      await cli(["--cluster", "reshard", first, ...slots, "--cluster-yes", "--cluster-pipeline", "1"]);
    },
    async end() {
      await Promise.all(nodes.map(async (node) => node.end()));
    },
  };
}

/** A node, and its port for the other nodes. */
interface Node {
  readonly server: RedisServer;
  readonly bus: string;
}

async function startNode(): Promise<Node> {
  const bus = String(await freePort());
  const flags = ["--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "500"];
  return { server: await startRedis([...flags, "--repl-diskless-sync-delay", "0"]), bus };
}

async function meet(port: number, others: readonly Node[]): Promise<void> {
  for (const { server, bus } of others) {
    if (server.port !== port) await ask(port, ["CLUSTER", "MEET", "127.0.0.1", String(server.port), bus]);
  }
}

async function isUp(port: number, size: number): Promise<boolean> {
  const info = String(await ask(port, ["CLUSTER", "INFO"]));
  return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${size}`);
}

async function makeReplica([master, , , replica]: readonly RedisServer[]): Promise<void> {
  if (master === undefined || replica === undefined) return;
  await ask(replica.port, ["CLUSTER", "REPLICATE", String(await ask(master.port, ["CLUSTER", "MYID"]))]);
  await until(async () => String(await ask(replica.port, ["INFO", "replication"])).includes("master_link_status:up"));
}

async function ask(port: number, command: string[]): Promise<unknown> {
  const client = await connectRedis(port);
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 500; count++) {
    if (await isSo()) return;
    await wait(20);
  }
  throw new Error("the cluster did not come up");
}

async function cli(args: readonly string[]): Promise<void> {
  const child = spawn(redisProgram("redis-cli"), args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`redis-cli ${args.join(" ")} failed:\n${output}`);
}
