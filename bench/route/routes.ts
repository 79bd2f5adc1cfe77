/** The changes whose routes are traced: a session that is there counts one more. */
import type { Server } from "node:http";

import express from "express";

import { session, type SessionDraft } from "../../src/adapters/express.ts";
import { wrapSession, type Request, type SessionRequest } from "../../src/index.ts";
import { redisStore, type NodeRedisClient } from "../../src/stores/redis/redis.ts";

import { mark } from "./tracer.ts";

/** An application with one session. */
export interface Route {
  readonly name: string;
  /** Sends one request, with the cookie of the session if there is one. */
  readonly change: () => Promise<void>;
  readonly close: () => void;
}

interface Counted {
  n?: number;
}

/** All routes, ready for requests. */
export async function openRoutes(): Promise<readonly Route[]> {
  return [redisRoute(), await expressRoute()];
}

function redisRoute(): Route {
  const app = wrapSession(
    ({ session }: Request & SessionRequest<Counted>) => {
      mark("handler");
      return { session: { n: (session.n ?? 0) + 1 } };
    },
    { store: redisStore(redisStandIn()) },
  );
  const cookies = cookieHolder();
  return {
    name: "wrapSession on redisStore, { session: { n: n + 1 } }",
    async change() {
      const response = await app({ method: "GET", uri: "/", scheme: "http", headers: cookies.headers() });
      cookies.keep(response?.headers?.["set-cookie"]);
    },
    close: () => undefined,
  };
}

/** A client whose server is a map: it replies later, as Redis does to the commands that reads and changes send. */
function redisStandIn(): NodeRedisClient {
  const values = new Map<string, string>();
  return {
    isOpen: true,
    isReady: true,
    async sendCommand([name = "", key = "", value = "", condition, expected]) {
      mark("Redis");
      await new Promise(setImmediate);
      const before = values.get(key) ?? null;
      if (name !== "SET") return before;
      if (condition !== "IFEQ") return values.set(key, value) && "OK";
      if (before === expected) values.set(key, value);
      return before;
    },
  };
}

async function expressRoute(): Promise<Route> {
  const app = express();
  app.use(session());
  app.get("/", (request, response) => {
    mark("handler");
    const { session: counted } = request as unknown as SessionDraft<Counted>;
    counted.n = (counted.n ?? 0) + 1;
    response.end();
  });
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const cookies = cookieHolder();
  return {
    name: "ringlet/express on memoryStore, req.session.n += 1",
    async change() {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: cookies.headers() });
      await response.arrayBuffer();
      cookies.keep(response.headers.getSetCookie());
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Sends the cookie back that was set last. */
function cookieHolder(): {
  readonly headers: () => Record<string, string>;
  readonly keep: (set: string | readonly string[] | undefined) => void;
} {
  let cookie: string | undefined;
  return {
    headers: () => (cookie === undefined ? {} : { cookie }),
    keep(set) {
      cookie = [set].flat()[0]?.split(";")[0] ?? cookie;
    },
  };
}
