import { createServer, Server, type RequestListener } from "node:http";
import type { TestContext } from "node:test";

import { listen as listenAnywhere } from "../support/listen.ts";

/** Opens an application or a server on a free port until the test ends. Returns its URL. */
export async function listen(t: TestContext, application: unknown): Promise<string> {
  const server = application instanceof Server ? application : createServer(application as RequestListener);
  const { url, close } = await listenAnywhere(server);
  t.after(close);
  return url;
}
