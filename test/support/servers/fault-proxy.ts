import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What the proxy does with connections: passes everything on; `hang`: swallows every octet and closes nothing; `fail`:
 * takes no connection and ends those there are; `fail-after`: passes on what the client says, and ends the
 * connection when the server answers.
 */
export type ProxyMode = "pass" | "hang" | "fail" | "fail-after";

/** A way to a server of this machine that can be broken and mended. */
export interface FaultProxy {
  readonly port: number;
  /** Changes how it treats connections, those that are open too. */
  readonly be: (mode: ProxyMode) => void;
  readonly close: () => void;
}

/** Stands in front of a port. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  let mode: ProxyMode = "pass";
  const sockets = new Set<Socket>();
  const own = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
  };
  const server = createServer((socket) => {
    const client = own(socket);
    if (mode === "fail") client.destroy();
    const upstream = own(connect(target, "127.0.0.1"));
    client.on("data", (chunk) => void (mode !== "hang" && upstream.write(chunk)));
    upstream.on("data", (chunk) => {
      if (mode === "fail-after") client.destroy();
      else if (mode !== "hang") client.write(chunk);
    });
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => void (mode !== "hang" && client.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    be(next) {
      mode = next;
      if (next === "fail") endAll();
    },
    close() {
      server.close();
      endAll();
    },
  };
}
