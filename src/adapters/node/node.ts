/**
 * Serves a handler on Node: `toNodeListener` for a server of your own, `serve` to start one.
 *
 * @example
 * ```ts
 * import { serve } from "ringlet/node";
 *
 * const server = await serve((request) => ({ body: `You asked for ${request.uri}` }), { port: 3000 });
 * process.once("SIGTERM", () => server.close());
 * ```
 *
 * @module
 */

import { createServer, type Server } from "node:http";
import {
  createServer as createTlsServer,
  type ServerOptions as TlsOptions,
  type Server as TlsServer,
} from "node:https";
import type { Socket } from "node:net";
import { checkNames, checkWhole } from "../../shared/options.ts";
import { kindOf, show } from "../../shared/values.ts";
import type { Handler } from "../../types.ts";
import { type NodeListener, nodeListener, type NodeListenerOptions } from "./listener.ts";
import type { NodeRequest, NodeResponse } from "./messages.ts";
import type { TrustProxy } from "./proxy.ts";

export type { NodeListener, NodeListenerOptions, NodeRequest, NodeResponse, TrustProxy };

/** Options of `serve`. */
export interface ServeOptions extends NodeListenerOptions {
  /** The port to listen on. Default 0: any free port. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: all addresses of the machine. */
  readonly host?: string | undefined;
  /** Certificate and key, as `node:https` takes them. Default: plain HTTP. */
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds that `close` leaves to requests under way. Default 10 000. */
  readonly closeTimeout?: number | undefined;
}

/** A running server. */
export interface RunningServer {
  readonly port: number;
  /** The URL for a browser on this machine: `"http://localhost:3000"`. */
  readonly url: string;
  /** Node's own server, for its limits: `server.requestTimeout`, `server.maxConnections`. */
  readonly server: Server | TlsServer;
  /**
   * Accepts no more connections, closes those without a request, and waits for the requests under way. Requests that
   * are not done after `closeTimeout` are cut off. The promise resolves when the last connection is closed.
   */
  readonly close: () => Promise<void>;
}

/**
 * Returns a listener for `createServer` of `node:http`, `node:https` and `node:http2`, and for everything else that
 * calls with Node's request and response. If the handler returns no response, it is a 404.
 *
 * @throws TypeError for a handler that is no function, and for options that are unknown or malformed
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { toNodeListener } from "ringlet/node";
 *
 * createServer(toNodeListener(() => ({ body: "hello" }))).listen(3000);
 * ```
 */
export function toNodeListener(handler: Handler, options: NodeListenerOptions = {}): NodeListener {
  checkNames("toNodeListener", "option", options, ["trustProxy", "onError"]);
  return nodeListener("toNodeListener", handler, options, () => false);
}

/**
 * Starts a server. Node itself responds with 400 to malformed requests, and the handler never gets them.
 *
 * @throws TypeError for options that are unknown or malformed; the errors of `listen`, such as `EADDRINUSE`
 * @example
 * ```ts
 * import { serve } from "ringlet/node";
 *
 * const { url, close } = await serve(() => ({ body: "hello" }));
 * console.log(await (await fetch(url)).text()); // hello
 * await close();
 * ```
 */
export async function serve(handler: Handler, options: ServeOptions = {}): Promise<RunningServer> {
  checkServeOptions(options);
  const { port = 0, host, tls, closeTimeout = 10_000 } = options;
  let closed: Promise<void> | undefined;
  const listener = nodeListener("serve", handler, options, () => closed !== undefined);
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const unused = trackUnused(server, tls === undefined ? "connection" : "secureConnection");
  const bound = await listen(server, port, host);
  return {
    port: bound,
    url: `${tls === undefined ? "http" : "https"}://${reachable(host)}:${bound}`,
    server,
    close: () => (closed ??= closeGracefully(server, unused, closeTimeout)),
  };
}

function checkServeOptions(options: ServeOptions): void {
  checkNames("serve", "option", options, ["port", "host", "tls", "closeTimeout", "trustProxy", "onError"]);
  const { port = 0, host = "", tls = {}, closeTimeout = 0 } = options;
  checkWhole("serve", "port", port, 0, 65_535);
  if (typeof host !== "string") throw new TypeError(`serve: host must be a name or an address, got ${kindOf(host)}`);
  if (typeof tls !== "object" || tls === null) {
    throw new TypeError(`serve: tls must be an object such as { key, cert }, got ${kindOf(tls)}`);
  }
  if (typeof closeTimeout !== "number" || !(closeTimeout >= 0 && closeTimeout < 2 ** 31)) {
    throw new TypeError(`serve: closeTimeout must be a number of milliseconds, got ${show(closeTimeout)}`);
  }
}

/** Returns the connections without a request so far. Browsers open some in advance, and Node counts them as busy. */
function trackUnused(server: Server | TlsServer, opened: string): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on(opened, (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", (incoming) => unused.delete(incoming.socket));
  return unused;
}

function listen(server: Server | TlsServer, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function reachable(host: string | undefined): string {
  if (host === undefined || host === "" || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function closeGracefully(server: Server | TlsServer, unused: ReadonlySet<Socket>, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    // Node closes the connections that are idle now, not those that become so.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
    }, 20);
    const deadline = setTimeout(() => server.closeAllConnections(), timeout);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(deadline);
      resolve();
    });
  });
}
