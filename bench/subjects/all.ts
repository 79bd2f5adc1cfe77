/** All subjects of the bench. */
import { floor } from "./floor.ts";
import { peers as fastify } from "./peers-fastify.ts";
import { peers as fetch } from "./peers-fetch.ts";
import { peers as hono } from "./peers-hono.ts";
import { peers as koa } from "./peers-koa.ts";
import { peers as node } from "./peers-node.ts";
import { ringlets } from "./ringlet.ts";
import type { Subject } from "./subject.ts";

export const subjects: readonly Subject[] = [floor, ...ringlets, ...node, ...fastify, ...koa, ...fetch, ...hono];

/** The title of a subject. Libraries may run on several frameworks, so the name alone is not enough. */
export function titleOf({ name, framework, side }: Subject): string {
  if (side === "floor") return "floor";
  if (side === "peer") return framework === "express" ? `${name} (Express)` : name;
  return framework === "maps" ? "Ringlet" : `Ringlet (${FRAMEWORK_NAMES[framework]})`;
}

const FRAMEWORK_NAMES = {
  maps: "maps",
  node: "node:http",
  express: "Express",
  fastify: "Fastify",
  koa: "Koa",
  fetch: "fetch",
  hono: "Hono",
  h3: "h3",
} as const;
