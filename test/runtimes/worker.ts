/** The worker that runs in workerd: applications of the adapter laws, and the laws of stores. */
import { adapterApplication } from "../../src/testing/testing.ts";
import { handlerFetch, sessionFetch } from "../support/adapters/fetch.ts";
import { h3Fetch } from "../support/adapters/h3.ts";
import { honoFetch } from "../support/adapters/hono.ts";
import { type LawResult, ownStores, tryStore } from "./laws.ts";

/** The bindings of a service: an adapter and a store. */
interface Bindings {
  readonly ADAPTER: string;
  readonly STORE: string;
}

const adapters: Readonly<Record<string, typeof handlerFetch>> = {
  toFetchHandler: handlerFetch,
  session: sessionFetch,
  hono: honoFetch,
  h3: h3Fetch,
};

/** The applications, made while the module is loaded, as usual in Workers. */
const applications = new Map(
  Object.entries(adapters).flatMap(([adapter, toFetch]) =>
    ownStores.map(({ name, makeStore }) => [`${adapter} ${name}`, toFetch(adapterApplication(makeStore()))] as const),
  ),
);

export default {
  async fetch(request: Request, { ADAPTER, STORE }: Bindings): Promise<Response> {
    if (new URL(request.url).pathname === "/stores") return Response.json(await storeResults());
    const serve = applications.get(`${ADAPTER} ${STORE}`);
    try {
      return (await serve?.(request)) ?? new Response("not found", { status: 404 });
    } catch {
      // workerd would log the error, and give a similar answer.
      return new Response("failed", { status: 500 });
    }
  },
};

async function storeResults(): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const store of ownStores) results.push(...(await tryStore(store)));
  return results;
}
