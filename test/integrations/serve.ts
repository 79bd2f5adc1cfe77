import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { freePort, startServer } from "../support/servers/process.ts";

/** Where the integrations were built; empty where they were not. */
const place: string = process.env["INTEGRATIONS"] ?? "";

/** Of adapter-node of SvelteKit, which takes https for granted: what says the scheme, as a proxy in front of it would. */
export const fromProxy: Readonly<Record<string, string>> = { "x-forwarded-proto": "http" };

/** The integrations that were built. */
export function builtIntegrations(): readonly string[] {
  return place === "" ? [] : readdirSync(place);
}

/** Starts what the `start` script of an integration says. */
export async function serveIntegration(
  name: string,
): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const folder = join(place, name);
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { scripts: { start: string } };
  const [program = "", ...args] = scripts.start.split(" ");
  const script = program === "node" ? [] : [`node_modules/.bin/${program}`];
  const port = await freePort();
  const server = await startServer(process.env["INTEGRATIONS_NODE"] ?? process.execPath, [...script, ...args], port, {
    cwd: folder,
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port), PROTOCOL_HEADER: "x-forwarded-proto" },
  });
  return { url: `http://127.0.0.1:${port}`, end: () => server.end("SIGTERM") };
}
