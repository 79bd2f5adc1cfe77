import { createServer } from "node:http";

import { getRequestListener } from "@hono/node-server";
import { session } from "../../src/adapters/fetch/fetch.ts";
import type { ScriptAnswer, ServeAdapter } from "../../src/testing/testing.ts";
import { listen } from "../support/listen.ts";

/** Serves the application of the laws by `session()` of ringlet/fetch. */
export const serveFetch: ServeAdapter = ({ options, answer }) => {
  const handle = session(options).wrap(async (request, draft) => toResponse(await answer(request, draft), request.url));
  const errorHandler = () => new Response("failed", { status: 500 });
  const listener = getRequestListener(handle, { overrideGlobalObjects: false, errorHandler });
  return listen(createServer((incoming, outgoing) => void listener(incoming, outgoing)));
};

/** Makes a Response as platforms do: redirects are immutable, headers are pairs. */
export function toResponse({ status, headers, body, redirect }: ScriptAnswer, url: string): Response {
  if (redirect !== undefined) return Response.redirect(new URL(redirect, url), status as 303);
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => [name, each] as const));
  return new Response(body, { status, headers: pairs.map(([name, value]): [string, string] => [name, value]) });
}
