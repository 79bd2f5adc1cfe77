import { test } from "node:test";

import { createApp } from "../../examples/nest.ts";
import { clickThrough } from "./click.ts";

test("examples/nest.ts can be clicked through", async (t) => {
  const app = await createApp();
  t.after(() => app.close());
  await app.listen(0, "127.0.0.1");
  await clickThrough(await app.getUrl());
});
