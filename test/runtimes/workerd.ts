import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { temporaryFolder } from "../support/servers/process.ts";
import { type WorkerModule, writeModules } from "./worker-modules.ts";

/** A running workerd, with the URL of each service. */
export interface RunningWorkerd {
  readonly urls: ReadonlyMap<string, string>;
  readonly end: () => void;
}

/** The date whose behaviour workerd shows. Since August 2026, `nodejs_compat` is on by default. */
const COMPATIBILITY_DATE = "2026-10-01";

/** Starts workerd with one service per name. All run one compiled module, each with its own bindings. */
export async function startWorkerd(
  program: string,
  entry: string,
  services: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<RunningWorkerd> {
  const folder = temporaryFolder("workerd");
  const config = join(folder, "config.capnp");
  writeFileSync(config, configText(writeModules(entry, folder), services));
  const child = spawn(program, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = once(child, "exit").then(() => {
    throw new Error("workerd ended");
  });
  exited.catch(() => undefined);
  const ports = await Promise.race([portsOf(child.stdio[3] as Readable, Object.keys(services).length), exited]);
  return {
    urls: new Map([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`])),
    end() {
      process.off("exit", kill);
      kill();
    },
  };
}

/** Reads the ports from workerd, which prints a line of JSON for each socket. */
async function portsOf(control: Readable, count: number): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>();
  let text = "";
  for await (const chunk of control as AsyncIterable<Buffer>) {
    text += String(chunk);
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number };
      if (event === "listen") ports.set(socket, port);
    }
    if (ports.size === count) break;
  }
  return ports;
}

function configText(
  modules: readonly WorkerModule[],
  services: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  const embedded = modules.map(({ name, namedExports }) => {
    const file = `embed ${JSON.stringify(name)}`;
    if (namedExports === undefined) return `(name = "${name}", esModule = ${file})`;
    return `(name = "${name}", commonJsModule = ${file}, namedExports = ${JSON.stringify(namedExports)})`;
  });
  const names = Object.keys(services);
  const workers = names.map((name, index) => {
    const bindings = Object.entries(services[name] ?? {}).map(
      ([key, text]) => `(name = ${JSON.stringify(key)}, text = ${JSON.stringify(text)})`,
    );
    const parts = `modules = .modules, compatibilityDate = "${COMPATIBILITY_DATE}", bindings = [${bindings.join(", ")}]`;
    return `const worker${index} :Workerd.Worker = ( ${parts} );`;
  });
  const listed = names.map((name, index) => `(name = ${JSON.stringify(name)}, worker = .worker${index})`);
  const sockets = names.map((name) => {
    const text = JSON.stringify(name);
    return `(name = ${text}, address = "127.0.0.1:0", http = (), service = ${text})`;
  });
  return [
    'using Workerd = import "/workerd/workerd.capnp";',
    `const config :Workerd.Config = ( services = [ ${listed.join(", ")} ], sockets = [ ${sockets.join(", ")} ] );`,
    `const modules :List(Workerd.Worker.Module) = [ ${embedded.join(",\n  ")} ];`,
    ...workers,
  ].join("\n");
}
