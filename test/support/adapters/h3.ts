import { H3, redirect as redirectTo } from "h3";

import { session } from "../../../src/adapters/h3.ts";
import type { AdapterApplication, ScriptDraft, ServeAdapter } from "../../../src/testing/testing.ts";
import { type FetchFunction, nativeServer } from "./fetch-server.ts";
import { listening } from "./listening.ts";

export const serveH3: ServeAdapter = async (application) => {
  const app = h3App(application);
  const native = nativeServer((request) => app.fetch(request));
  if (native !== undefined) return native;
  const { toNodeHandler } = await import("h3/node");
  return listening(toNodeHandler(app));
};

/** Makes the application as a function from `Request` to `Response`. */
export function h3Fetch(application: AdapterApplication): FetchFunction {
  const app = h3App(application);
  return (request) => app.fetch(request);
}

function h3App({ options, answer }: AdapterApplication): H3 {
  const app = new H3({ silent: true });
  app.use(session(options));
  app.all("/", async ({ req, res, context }) => {
    const { status, headers, body, redirect } = await answer(req, context as unknown as ScriptDraft);
    for (const [name, values] of Object.entries(headers)) {
      for (const value of [values].flat()) res.headers.append(name, value);
    }
    if (redirect !== undefined) return redirectTo(redirect, status);
    res.status = status;
    return body;
  });
  return app;
}
