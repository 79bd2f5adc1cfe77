import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";

import type { RunningAdapter, ScriptAnswer } from "../../../src/testing/testing.ts";
import { listen } from "../listen.ts";

/** Serves a listener of Node on a free port. */
export async function listening(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<RunningAdapter> {
  return listen(createServer((request, response) => void listener(request, response)));
}

/** Sends the script's answer with functions of Node, for adapters without a framework. */
export function answerWith(response: ServerResponse, { status, headers, body, redirect }: ScriptAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (redirect !== undefined) response.setHeader("location", redirect);
  if (body === null || typeof body === "string") response.end(body ?? undefined);
  else Readable.from(body).pipe(response);
}
