import { test } from "node:test";

import { createApp } from "../../examples/hono.ts";
import { listening } from "../adapters/live.ts";
import { clickThrough } from "./click.ts";

test("examples/hono.ts", async (t) => {
  const { port } = await listening(t, createApp());
  await clickThrough(`http://127.0.0.1:${port}`);
});
