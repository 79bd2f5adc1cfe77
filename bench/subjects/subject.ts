/** What is measured: an application that keeps sessions by one library, on one framework and one store. */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Handler } from "../../src/index.ts";

/**
 * What a request does. `none`: it comes without a session cookie; `idle`: it brings one; neither route uses the session.
 * The others read it, change it, log in (without a session before), log out.
 */
export const KINDS = ["none", "idle", "read", "change", "login", "logout"] as const;
export type Kind = (typeof KINDS)[number];

export type Store = "memory" | "cookie" | "redis" | "sqlite" | "postgres";

/** What a library runs on. `maps` is Ring's way: from a request map to a response map, no server. */
export type Framework = "maps" | "node" | "express" | "fastify" | "koa" | "fetch" | "hono" | "h3";

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** An application, by the way in which it is called. `listener`: how to serve what is not one by itself. */
export type Application =
  | { readonly maps: Handler; readonly listener: () => Promise<Listener> }
  | { readonly node: Listener }
  | { readonly fetch: FetchHandler; readonly listener: () => Promise<Listener> };

/** Where and how large sessions are. */
export interface Setting {
  readonly store: Store;
  /** Of the server or the file, where the store wants one. */
  readonly url?: string | undefined;
  /** Bytes of text that are added to the session. */
  readonly padding: number;
}

/** A library on a framework. */
export interface Subject {
  readonly name: string;
  readonly framework: Framework;
  readonly stores: readonly Store[];
  /** Ours, somebody else's, or the least code that could do the job. */
  readonly side: "ringlet" | "peer" | "floor";
  /** The packages that it is made of. */
  readonly packages: readonly string[];
  /** A route that does not use the session does not call the library at all: nothing to measure. */
  readonly perRoute?: boolean;
  /** What a reader of its figures must know. */
  readonly remark?: string;
  readonly make: (setting: Setting) => Promise<Application>;
}
