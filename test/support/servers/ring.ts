import { join } from "node:path";

import { freePort, startServer } from "./process.ts";

const bin = process.env["RING_BIN"] ?? "";

/** Why tests with a real Ring cannot run here; false where they can. */
export const withoutRing: string | false = bin === "" && "no Clojure with Ring: see RING_BIN in CONTRIBUTING.md";

/** Ring on Jetty, a process of its own. */
export interface RingServer {
  readonly url: string;
  readonly end: () => Promise<void>;
}

/** Starts the application of `ring.clj`, with a key for its cookies. It takes a JVM's seconds. */
export async function startRing(key: string): Promise<RingServer> {
  const port = await freePort();
  // From the root of the repository: it is not copied to where the compiled tests are.
  const args = ["test/support/servers/ring.clj", String(port), key];
  const { end } = await startServer(join(bin, "ring-clojure"), args, port);
  return { url: `http://127.0.0.1:${port}`, end: () => end() };
}
