/** Starts the demo: `npm start [-- --store memory|cookie] [-- --port N]`. */
import { serve, type RunningServer } from "ringlet/node";

import { createApp } from "./app.ts";
import { readOptions, type Options } from "./options.ts";
import { stores } from "./stores.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ("help" in options) return say(options.help, 0);
  if ("mistake" in options) return complain(options.mistake, 2);
  const app = createDemo(options);
  if (app instanceof Error) return complain(app.message, 2);
  const server = await listen(app, options);
  if (server instanceof Error) return complain(server.message, 1);

  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
  return say(`Ringlet demo on ${server.url} (${options.store} store). Ctrl-C ends it.`, 0);
}

/** A store refuses a key that is none: that is the error. */
function createDemo({ store }: Options): ReturnType<typeof createApp> | Error {
  try {
    return createApp(stores[store](), store);
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
}

async function listen(app: ReturnType<typeof createApp>, { port, host }: Options): Promise<RunningServer | Error> {
  try {
    return await serve(app, { port, host });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const reason = error.code === "EADDRINUSE" ? "it is taken; choose another with --port" : error.message;
    return new Error(`Cannot listen on ${host}, port ${port}: ${reason}`);
  }
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

function complain(text: string, code: number): number {
  console.error(text);
  return code;
}
