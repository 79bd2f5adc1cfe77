import type { ServeAdapter } from "../../../src/testing/testing.ts";

/** An adapter as the laws see it. */
export interface ListedAdapter {
  /** Its name in the table of the README: `` `ringlet/express`, Express 5 ``. */
  readonly name: string;
  /** Loads the adapter on demand, because a framework may change the process. */
  readonly load: () => Promise<ServeAdapter>;
  /** Its name among the adapters of test/runtimes/worker.ts. Undefined if it does not run in workerd. */
  readonly worker?: string;
}

/** Every adapter, in each of its forms. */
export const adapters: readonly ListedAdapter[] = [
  { name: "`ringlet/node`", load: async () => (await import("./node.ts")).serveNode },
  {
    name: "`ringlet/fetch`, `toFetchHandler`",
    load: async () => (await import("./fetch.ts")).serveFetchHandler,
    worker: "toFetchHandler",
  },
  {
    name: "`ringlet/fetch`, `session`",
    load: async () => (await import("./fetch.ts")).serveFetchSession,
    worker: "session",
  },
  { name: "`ringlet/express`, Express 5", load: async () => (await import("./express.ts")).serveExpress },
  { name: "`ringlet/express`, Express 4", load: async () => (await import("./express.ts")).serveExpress4 },
  { name: "`ringlet/express`, Connect", load: async () => (await import("./connect.ts")).serveConnect },
  { name: "`ringlet/fastify`, Fastify 5", load: async () => (await import("./fastify.ts")).serveFastify },
  { name: "`ringlet/koa`, Koa 3", load: async () => (await import("./koa.ts")).serveKoa },
  { name: "`ringlet/hono`, Hono 4", load: async () => (await import("./hono.ts")).serveHono, worker: "hono" },
  { name: "`ringlet/h3`, h3 2", load: async () => (await import("./h3.ts")).serveH3, worker: "h3" },
];
