import { hash } from "node:crypto";

import type { StoreContext } from "../../types.ts";
import type { SendCommand } from "./client.ts";

/** A script for the server, of one key, and the name that the server gives it. */
export interface RedisScript {
  readonly text: string;
  /** SHA-1, as Redis has it: it names a script and guards nothing. */
  readonly name: string;
}

/** Names a script. */
export function redisScript(text: string): RedisScript {
  return { text, name: hash("sha1", text, "hex") };
}

/**
 * Runs a script by its name; where the server at hand does not know it (a new one, a node of a cluster that has not run
 * it yet, after a restart or SCRIPT FLUSH), by its text, which the server then remembers.
 */
export async function runScript(
  send: SendCommand,
  script: RedisScript,
  key: string,
  args: readonly string[],
  context: StoreContext,
): Promise<unknown> {
  try {
    return await send(key, ["EVALSHA", script.name, "1", key, ...args], context);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw withoutArguments(error);
    return send(key, ["EVAL", script.text, "1", key, ...args], context);
  }
}

/** A server that does not know a command quotes what it was given, and that is the session. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const quoted = error.message.indexOf(", with args beginning with");
  return quoted === -1 ? error : new Error(error.message.slice(0, quoted));
}
