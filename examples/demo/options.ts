import { parseArgs } from "node:util";

import { isStoreName, stores, type StoreName } from "./stores.ts";

/** What the command line asks for. */
export interface Options {
  readonly store: StoreName;
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
}

const names = Object.keys(stores).join("|");

const help = `Usage: npm start [-- --store ${names}] [-- --port N] [-- --host ADDRESS]

  --store  where sessions live; default memory. The cookie store takes its key from SESSION_KEY.
  --port   default 3000; 0 for any that is free
  --host   default 127.0.0.1: this machine alone
  --help   this text`;

/** Reads the command line: options, or the help that was asked for, or what is wrong in one line. */
export function readOptions(
  args: readonly string[],
): Options | { readonly help: string } | { readonly mistake: string } {
  const values = parse(args);
  if (values instanceof Error) return { mistake: values.message };
  const { store, port, host } = values;
  if (values.help) return { help };
  if (!isStoreName(store)) return { mistake: `--store must be one of ${names}, got "${store}"` };
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
        store: { type: "string", default: "memory" },
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

function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535;
}
