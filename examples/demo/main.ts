/** Starts the demo: `npm start [-- --store STORE] [-- --port N]`. */
import { unescape } from "node:querystring";

import { serve, type RunningServer } from "ringlet/node";

import { createApp } from "./app.ts";
import { readOptions, type Options } from "./options.ts";
import { describeStore, openStore, type OpenStore, type StoreChoice } from "./stores.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ("help" in options) return say(options.help, 0);
  if ("mistake" in options) return complain(options.mistake, 2);
  const open = await tryToOpen(options.store);
  if ("complaint" in open) return complain(open.complaint, open.code);
  const server = await listen(createApp(open.store, options.store.kind), options);
  if (server instanceof Error) {
    await open.close?.();
    return complain(server.message, 1);
  }

  const end = async (): Promise<void> => {
    await server.close();
    await open.close?.();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end());
  return say(`Ringlet demo on ${server.url} (${describeStore(options.store)}). Ctrl-C ends it.`, 0);
}

/** Opens the store, or says why not. A TypeError means that the store cannot use the key or the path. */
async function tryToOpen(
  choice: StoreChoice,
): Promise<OpenStore | { readonly complaint: string; readonly code: number }> {
  try {
    return await openStore(choice);
  } catch (error) {
    if (error instanceof TypeError) return { complaint: error.message, code: 2 };
    return { complaint: `Cannot use the ${describeStore(choice)}: ${reasonOf(error, choice)}`, code: 1 };
  }
}

/** The message of an error, without the password. No driver is known to print it, and none is trusted. */
function reasonOf(error: unknown, { place }: StoreChoice): string {
  if (!(error instanceof Error)) return "it failed";
  const code = "code" in error ? String(error.code) : error.name;
  const reason = error.message === "" ? code : error.message;
  const password = URL.canParse(place) ? new URL(place).password : "";
  return password === "" ? reason : reason.replaceAll(password, "…").replaceAll(unescape(password), "…");
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
