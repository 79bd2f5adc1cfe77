import { createServer, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import type { TestContext } from "node:test";

import { listen } from "../support/listen.ts";

/** Starts a server on a free port until the test ends. */
export async function listening(t: TestContext, listener: RequestListener): Promise<{ port: number; server: Server }> {
  const server = createServer(listener);
  const { port, close } = await listen(server);
  t.after(close);
  return { port, server };
}

/** Sends text on a new connection, and returns all that comes back until it is closed. `onText` gets each part. */
export function exchange(port: number, text: string, onText?: (soFar: string) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      answer += chunk;
      onText?.(answer);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (answer += `<${error.code}>`));
    socket.on("close", () => resolve(answer));
  });
}

/** Makes a promise, and the function that resolves it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((keep) => (resolve = keep));
  return { promise, resolve };
}
