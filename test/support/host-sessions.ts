import { createRequire } from "node:module";

import type { RequestHandler } from "express";
import type { FastifyPluginCallback } from "fastify";

/**
 * Loads the packages without their types, which declare `request.session` for the whole program. The examples declare
 * it differently. The page docs/guides/host-sessions.md is compiled with the packages' types.
 */
const require = createRequire(import.meta.url);

/** A request with the session of either package. */
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
