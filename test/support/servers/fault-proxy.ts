import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What the proxy does with connections. `pass` passes everything on. `hang` drops every octet and closes nothing.
 * `fail` refuses new connections and ends the open ones. `fail-after` passes on what the client sends, and ends the
 * connection when the server answers.
 */
export type ProxyMode = "pass" | "hang" | "fail" | "fail-after";

/** A proxy for a server of this machine, which can break and mend connections. */
export interface FaultProxy {
  readonly port: number;
  /** Changes the mode, also for open connections. */
  readonly be: (mode: ProxyMode) => void;
  readonly close: () => void;
}

/** Starts a proxy for a port. */
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
