import { test } from "node:test";

import { createApp } from "../../examples/fastify.ts";
import { clickThrough } from "./click.ts";

test("examples/fastify.ts can be clicked through", async (t) => {
  const app = await createApp();
  t.after(() => app.close());
  await clickThrough(await app.listen({ port: 0, host: "127.0.0.1" }));
});
