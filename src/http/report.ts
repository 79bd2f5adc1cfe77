import type { Request } from "../types.ts";
import { show } from "../shared/values.ts";

/** Hears of an error that a visitor was not told of. What it answers is not used. */
export type ErrorListener = (error: unknown, request: Request) => unknown;

/** Hands an error to its listener. A listener that fails itself never reaches the visitor: both errors go to stderr. */
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
 * Method, path and stack, with the stacks of its causes. Other properties stay out: a database client hangs the command
 * that failed, and so the session, on its errors.
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

/** What a client sent must not steer a terminal: all but printable ASCII comes out as `%xx`. */
function printable(uri: string): string {
  return encodeURI(Buffer.from(uri, "latin1").toString("latin1")).replaceAll("%25", "%");
}
