import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { freePort, startServer } from "../support/servers/process.ts";

/** The folder in which the integrations were built, or empty text if they were not. */
const place: string = process.env["INTEGRATIONS"] ?? "";

/** The header that a proxy would add. SvelteKit's adapter-node assumes https without it. */
export const fromProxy: Readonly<Record<string, string>> = { "x-forwarded-proto": "http" };

/** Returns the names of the integrations that were built. */
export function builtIntegrations(): readonly string[] {
  return place === "" ? [] : readdirSync(place);
}

/** Starts an integration by its `start` script. */
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
