import { createServer } from "node:http";

import { H3, toNodeHandler } from "h3";
import { session } from "../../src/adapters/h3.ts";
import type { SessionDraft } from "../../src/draft/draft.ts";
import type { ServeAdapter } from "../../src/testing/testing.ts";
import { toResponse } from "./fetch-law-server.ts";
import { listen } from "../support/listen.ts";

/** Serves the application of the laws by h3. */
export const serveH3: ServeAdapter = ({ options, answer }) => {
  const app = new H3({ silent: true });
  app.use(session(options));
  app.all("/", async (event) => {
    const script = await answer(event.req, event.context as unknown as SessionDraft);
    return toResponse(script, event.req.url);
  });
  return listen(createServer(toNodeHandler(app)));
};
