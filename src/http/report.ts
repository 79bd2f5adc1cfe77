import type { Request } from "../types.ts";
import { show } from "../shared/values.ts";

/** Listener of errors that a visitor was not told of. Its result is not used. */
export type ErrorListener = (error: unknown, request: Request) => unknown;

/**
 * Passes an error to its listener. If the listener fails too, both errors go to stderr, and the visitor sees neither.
 */
export function reportError(error: unknown, request: Request, listener: ErrorListener = writeToStderr): void {
  const failed = (second: unknown): void => {
    writeToStderr(error, request);
    writeToStderr(second, request);
  };
  try {
    Promise.resolve(listener(error, request)).catch(failed);
  } catch (second) {
    failed(second);
  }
}

/**
 * Writes method, path and stack of an error, and the stacks of its causes. Other properties are left out: errors of a
 * database client can carry the failed command, and so the session.
 */
function writeToStderr(error: unknown, request: Request): void {
  const { process }: { process?: { stderr?: { write(text: string): unknown } } } = globalThis;
  process?.stderr?.write(`${request.method} ${printable(request.uri)}: ${stackOf(error, 5)}\n`);
}

function stackOf(error: unknown, depth: number): string {
  if (typeof error !== "object" || error === null) return `thrown: ${show(error)}`;
  const { stack, cause }: { stack?: unknown; cause?: unknown } = error;
  const first = typeof stack === "string" ? stack : `thrown: ${show(error)}`;
  return cause === undefined || depth === 0 ? first : `${first}\n[cause]: ${stackOf(cause, depth - 1)}`;
}

/**
 * Returns a path in printable ASCII; every other character becomes `%xx`. A client must not be able to control a
 * terminal.
 */
function printable(uri: string): string {
  return encodeURI(Buffer.from(uri, "latin1").toString("latin1")).replaceAll("%25", "%");
}
