/** A subject of the bench: an application that keeps sessions by one library, on one framework and one store. */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Handler } from "../../src/index.ts";

/**
 * The kinds of requests. `none` comes without a session cookie, `idle` brings one; neither uses the session. The others
 * read it, change it, log in (without a session before) and log out.
 */
export const KINDS = ["none", "idle", "read", "change", "login", "logout"] as const;
export type Kind = (typeof KINDS)[number];

export type Store = "memory" | "cookie" | "redis" | "sqlite" | "postgres";

/** The frameworks that a library can run on. `maps` is Ring's way: from a request map to a response map, no server. */
export type Framework = "maps" | "node" | "express" | "fastify" | "koa" | "fetch" | "hono" | "h3";

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** An application, by the way in which it is called. `listener` makes a Node listener of one that is none. */
export type Application =
  | { readonly maps: Handler; readonly listener: () => Promise<Listener> }
  | { readonly node: Listener }
  | { readonly fetch: FetchHandler; readonly listener: () => Promise<Listener> };

/** The place and the size of sessions. */
export interface Setting {
  readonly store: Store;
  /** The server or the file, if the store needs one. */
  readonly url?: string | undefined;
  /** Bytes of text that are added to the session. */
  readonly padding: number;
}

/** A library on a framework. */
export interface Subject {
  readonly name: string;
  readonly framework: Framework;
  readonly stores: readonly Store[];
  /** Whether it is ours, somebody else's, or the least code that could do the job. */
  readonly side: "ringlet" | "peer" | "floor";
  /** The packages of the library. */
  readonly packages: readonly string[];
  /** Whether only routes that use the session call the library. The others leave nothing to measure. */
  readonly perRoute?: boolean;
  /** A remark that readers of its figures need. */
  readonly remark?: string;
  readonly make: (setting: Setting) => Promise<Application>;
}
