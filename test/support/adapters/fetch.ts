import { session, toFetchHandler } from "../../../src/adapters/fetch/fetch.ts";
import type { AdapterApplication, ServeAdapter } from "../../../src/testing/testing.ts";
import { type FetchFunction, servingFetch } from "./fetch-server.ts";
import { mapHandler } from "./response-maps.ts";

export const serveFetchHandler: ServeAdapter = servingFetch(handlerFetch);

export const serveFetchSession: ServeAdapter = servingFetch(sessionFetch);

/** Makes the application with `toFetchHandler`. */
export function handlerFetch(application: AdapterApplication): FetchFunction {
  return toFetchHandler(mapHandler(application), { onError: () => undefined });
}

/** Makes the application with `session()` of ringlet/fetch. */
export function sessionFetch({ options, answer }: AdapterApplication): FetchFunction {
  return session(options).wrap(async (request: Request, draft) => {
    const { status, headers, body, redirect } = await answer(request, draft);
    const fields = new Headers();
    for (const [name, values] of Object.entries(headers)) {
      for (const value of [values].flat()) fields.append(name, value);
    }
    if (redirect !== undefined) fields.set("location", redirect);
    return new Response(body, { status, headers: fields });
  });
}
