/** Starts the application: `npm run example:luminus`. */
import { serve } from "ringlet/node";

import { createApp } from "./app.ts";

const { url, close } = await serve(createApp({ dev: true }), {
  port: Number(process.env["PORT"] ?? 3000),
  host: "127.0.0.1",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
process.stdout.write(`${url}\n`);
