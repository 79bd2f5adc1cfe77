import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { adapters } from "../support/adapters/adapters.ts";
import { startRedis, withoutRedis } from "../support/servers/redis.ts";
import { type LawResult, ownStores, tryAdapter } from "./laws.ts";
import { startWorkerd } from "./workerd.ts";

/** Checks the laws in a runtime: all adapters and all its stores, with Redis if there is one. */
export async function lawsIn(program: string, args: readonly string[]): Promise<readonly LawResult[]> {
  const redis = withoutRedis === false ? await startRedis() : undefined;
  try {
    return await lawsBy(program, [...args, compiled("program.js")], { REDIS_PORT: String(redis?.port ?? 0) });
  } finally {
    await redis?.end();
  }
}

/** Checks the laws in workerd: of stores inside it, of adapters by requests from this process. */
export async function lawsInWorkerd(program: string): Promise<readonly LawResult[]> {
  const served = adapters.flatMap(({ name, worker }) => (worker === undefined ? [] : [{ name, worker }]));
  const bindings = served.flatMap(({ worker }) =>
    ownStores.map((store) => [`${worker} ${store.name}`, { ADAPTER: worker, STORE: store.name }] as const),
  );
  const { urls, end } = await startWorkerd(program, compiled("worker.js"), Object.fromEntries(bindings));
  try {
    const [first] = urls.values();
    const response = await fetch(new URL("/stores", first));
    const results = (await response.json()) as LawResult[];
    for (const { name, worker } of served) {
      for (const store of ownStores) {
        const url = urls.get(`${worker} ${store.name}`) ?? "";
        results.push(...(await tryAdapter(name, () => ({ url, close: () => undefined }), store)));
      }
    }
    return results;
  } finally {
    end();
  }
}

/** Makes a test for each law. */
export function report(results: readonly LawResult[]): void {
  for (const { subject, law, outcome, error } of results) {
    test(`${subject}: ${law}`, { skip: outcome === "does not apply" }, () => {
      if (outcome === "broken") throw new Error(error);
    });
  }
}

function compiled(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function lawsBy(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly LawResult[]> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}:\n${output.slice(-2000)}`);
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as LawResult);
}
