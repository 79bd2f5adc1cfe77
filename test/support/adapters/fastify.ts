import fastify from "fastify";
import { Readable } from "node:stream";

import { session } from "../../../src/adapters/fastify.ts";
import type { ScriptDraft, ServeAdapter } from "../../../src/testing/testing.ts";

export const serveFastify: ServeAdapter = async ({ options, answer }) => {
  const app = fastify({ forceCloseConnections: true });
  await app.register(session(options));
  app.all("/", async (request, reply) => {
    const { status, headers, body, redirect } = await answer(request, request as unknown as ScriptDraft);
    reply.headers(headers);
    if (redirect !== undefined) return reply.redirect(redirect, status);
    return reply.status(status).send(body === null || typeof body === "string" ? body : Readable.from(body));
  });
  return { url: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
};
