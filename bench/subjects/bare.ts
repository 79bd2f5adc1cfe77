/** The frameworks alone. Every figure is compared with them. */
import { onExpress, onFastify, onFetch, onH3, onHono, onKoa, onNode } from "./frameworks.ts";
import type { Application, Framework } from "./subject.ts";
import { bare } from "./work.ts";

const makers: Readonly<Record<Framework, () => Application | Promise<Application>>> = {
  maps: () => ({ maps: () => ({ body: "ok" }), listener: async () => (_request, response) => response.end("ok") }),
  node: () => onNode(bare, (request) => request),
  express: () => onExpress(bare),
  fastify: () => onFastify(bare),
  koa: () => onKoa(bare),
  fetch: () => onFetch(() => new Response("ok")),
  hono: () => onHono(bare),
  h3: () => onH3(bare),
};

/** An application without sessions. */
export async function bareApplication(framework: Framework): Promise<Application> {
  return makers[framework]();
}
