import { join } from "node:path";

import { freePort, startServer } from "./process.ts";

const bin = process.env["RING_BIN"] ?? "";

/** Why tests with a real Ring cannot run here. False if they can. */
export const withoutRing: string | false = bin === "" && "no Clojure with Ring: see RING_BIN in CONTRIBUTING.md";

/** Ring on Jetty, in its own process. */
export interface RingServer {
  readonly url: string;
  readonly end: () => Promise<void>;
}

/** Starts the application of `ring.clj` with a key for its cookies. The JVM needs some seconds. */
export async function startRing(key: string): Promise<RingServer> {
  const port = await freePort();
  // The path is from the repository's root, because the file is not copied to the compiled tests.
  const args = ["test/support/servers/ring.clj", String(port), key];
  const { end } = await startServer(join(bin, "ring-clojure"), args, port);
  return { url: `http://127.0.0.1:${port}`, end: () => end() };
}
