import { createServer, Server, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** Opens an application, or a server, on a free port until the test ends; answers its URL. */
export async function listen(t: TestContext, application: unknown): Promise<string> {
  const server = application instanceof Server ? application : createServer(application as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
