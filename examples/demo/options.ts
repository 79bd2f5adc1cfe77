import { parseArgs } from "node:util";

import { defaultStore, parseStore, storeForms, type StoreChoice } from "./stores.ts";

/** The options of the command line. */
export interface Options {
  readonly store: StoreChoice;
  /** The port to listen on. 0 takes any that is free. */
  readonly port: number;
  readonly host: string;
}

const help = `Usage: npm start [-- --store STORE] [-- --port N] [-- --host ADDRESS]

  --store  where sessions live: ${storeForms};
           default ${defaultStore}. The cookie store takes its key from SESSION_KEY.
  --port   default 3000; 0 for any that is free
  --host   default 127.0.0.1: this machine alone
  --help   this text`;

/** Reads the command line. Returns the options, the help that was asked for, or one line about what is wrong. */
export function readOptions(
  args: readonly string[],
): Options | { readonly help: string } | { readonly mistake: string } {
  const values = parse(args);
  if (values instanceof Error) return { mistake: values.message };
  const { port, host } = values;
  if (values.help) return { help };
  const store = parseStore(values.store);
  if (store === undefined) return { mistake: `--store must be ${storeForms}, got "${withoutAddress(values.store)}"` };
  if (!isPort(port)) return { mistake: `--port must be a whole number from 0 to 65535, got "${port}"` };
  return { store, port: Number(port), host };
}

interface Given {
  readonly store: string;
  readonly port: string;
  readonly host: string;
  readonly help: boolean;
}

function parse(args: readonly string[]): Given | Error {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        store: { type: "string", default: defaultStore },
        port: { type: "string", default: "3000" },
        host: { type: "string", default: "127.0.0.1" },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** Cuts a URL off, because it may have a password in it. */
function withoutAddress(text: string): string {
  const [scheme = "", address] = text.split("://");
  return address === undefined ? text : `${scheme}://…`;
}

function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535;
}
