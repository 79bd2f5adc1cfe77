import type { AdapterApplication, RunningAdapter, ServeAdapter } from "../../../src/testing/testing.ts";
import { listening } from "./listening.ts";

/** A function from `Request` to `Response`, which a server can serve. */
export type FetchFunction = (request: Request) => Response | Promise<Response>;

/** Serves with the server of Bun or Deno if there is one, and on Node with @hono/node-server. */
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

/** Starts the server of the runtime. Returns undefined on Node. */
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
