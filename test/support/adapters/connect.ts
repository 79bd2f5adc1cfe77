import connect from "connect";
import type { ServerResponse } from "node:http";

import { session } from "../../../src/adapters/express.ts";
import type { ScriptDraft, ScriptRequest, ServeAdapter } from "../../../src/testing/testing.ts";
import { answerWith, listening } from "./listening.ts";

export const serveConnect: ServeAdapter = ({ options, answer }) => {
  const app = connect();
  app.use(session(options));
  app.use((request, response, next) => {
    answer(request as ScriptRequest, request as unknown as ScriptDraft).then(
      (given) => answerWith(response, given),
      next,
    );
  });
  // By default Connect would log the error.
  app.use((_error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
    response.writeHead(500).end();
  });
  return listening(app);
};
