import { createRequire } from "node:module";

import type { RequestHandler } from "express";
import type { FastifyPluginCallback } from "fastify";

/**
 * The packages without their types: those declare `request.session` for the whole program, and so do the examples, as
 * something else. With their types, the page docs/guides/host-sessions.md is compiled.
 */
const require = createRequire(import.meta.url);

/** The same for both: what a request carries. */
export interface Hosted {
  readonly session: {
    readonly id: string;
    readonly sessionId: string;
    save(done: (error?: unknown) => void): unknown;
    regenerate(): Promise<void>;
    regenerate(done: (error?: unknown) => void): unknown;
    destroy(): Promise<void>;
    destroy(done: (error?: unknown) => void): unknown;
  };
}

export const expressSession = require("express-session") as (options: {
  secret: string;
  resave: boolean;
  saveUninitialized: boolean;
}) => RequestHandler;

export const fastifySession = require("@fastify/session") as FastifyPluginCallback<{
  secret: string;
  saveUninitialized: boolean;
  cookie: { secure: boolean };
}>;
