import type { AdapterApplication, RunningAdapter, ServeAdapter } from "../../../src/testing/testing.ts";
import { listening } from "./listening.ts";

/** What frameworks are to a server that speaks `Request` and `Response`. */
export type FetchFunction = (request: Request) => Response | Promise<Response>;

/** Serves by the server of Bun or Deno where there is one, and on Node by the bridge that the Hono people make. */
export function servingFetch(toFetch: (application: AdapterApplication) => FetchFunction): ServeAdapter {
  return async (application) => {
    const handle = toFetch(application);
    const native = nativeServer(handle);
    if (native !== undefined) return native;
    const { getRequestListener } = await import("@hono/node-server");
    return listening(getRequestListener(handle, { overrideGlobalObjects: false, errorHandler: failed }));
  };
}

interface Bun {
  serve(options: object): { readonly port: number; stop(now: boolean): Promise<void> };
}

interface Deno {
  serve(options: object, handle: FetchFunction): { readonly addr: { readonly port: number } };
}

/** The server that comes with the runtime; undefined on Node. */
export function nativeServer(handle: FetchFunction): RunningAdapter | undefined {
  const { Bun: bun, Deno: deno } = globalThis as { readonly Bun?: Bun; readonly Deno?: Deno };
  if (bun !== undefined) {
    const server = bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle, error: failed });
    return { url: `http://127.0.0.1:${server.port}`, close: async () => server.stop(true) };
  }
  if (deno === undefined) return undefined;
  const end = new AbortController();
  const options = { port: 0, hostname: "127.0.0.1", signal: end.signal, onListen: () => undefined, onError: failed };
  const { addr } = deno.serve(options, handle);
  return { url: `http://127.0.0.1:${addr.port}`, close: () => end.abort() };
}

function failed(): Response {
  return new Response("failed", { status: 500 });
}
