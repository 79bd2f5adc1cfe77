import { hash } from "node:crypto";

import type { StoreContext } from "../../types.ts";
import type { SendCommand } from "./client.ts";

/** A script that the server runs on one key, and the name that the server gives it. */
export interface RedisScript {
  readonly text: string;
  /** SHA-1, as in Redis. It names a script and guards nothing. */
  readonly name: string;
}

/** Names a script. */
export function redisScript(text: string): RedisScript {
  return { text, name: hash("sha1", text, "hex") };
}

/**
 * Runs a script by its name. A server that does not know it gets its text, and remembers it. That is a new server, a
 * node of a cluster that has not run it yet, and any server after a restart or SCRIPT FLUSH.
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

/**
 * Takes the arguments out of an error. A server that does not know a command quotes them, and the session is in them.
 */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const quoted = error.message.indexOf(", with args beginning with");
  return quoted === -1 ? error : new Error(error.message.slice(0, quoted));
}
