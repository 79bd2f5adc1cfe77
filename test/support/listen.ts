import type { Server } from "node:net";

/** A listening server. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Closes the server and its open connections. */
  readonly close: () => void;
}

/** Lets a server of HTTP/1 or HTTP/2 listen on a free port of this machine. */
export async function listen(server: Server & { closeAllConnections?(): void }): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.close();
      server.closeAllConnections?.();
    },
  };
}
