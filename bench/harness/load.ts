/** Load over real connections: so many at once, each with one request under way. */
import { connect, type Socket } from "node:net";

/** Requests without their end, sent in turn. */
export interface Load {
  /** Sends for so long; answers how many responses came. */
  readonly send: (path: string, milliseconds: number) => Promise<number>;
  readonly close: () => void;
}

/** Milliseconds for all that one connection is asked for at a time. */
const PATIENCE = 20_000;

/** Connects to a server of this machine. */
export async function connectLoad(port: number, cookies: readonly string[], connections: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  let turn = 0;
  const next = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookies[turn++ % cookies.length] ?? ""}\r\n\r\n`;
  return {
    async send(path, milliseconds) {
      const until = performance.now() + milliseconds;
      const counts = await Promise.all(sockets.map((socket) => converse(socket, () => next(path), until)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}

/** One request after the other until it is time; answers how many were answered. */
function converse(socket: Socket, next: () => string, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    let answered = 0;
    const end = (error?: Error): void => {
      clearTimeout(patience);
      socket.off("data", read).off("close", closed);
      if (error === undefined) resolve(answered);
      else reject(error);
    };
    const closed = (): void => end(new Error("the server closed a connection"));
    const patience = setTimeout(() => end(new Error(`no answer: ${text.slice(0, 200)}`)), PATIENCE);
    const read = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (!isWhole(text)) return;
      if (!text.startsWith("HTTP/1.1 200")) return end(new Error(text.slice(0, 200)));
      text = "";
      answered += 1;
      if (performance.now() < until) socket.write(next());
      else end();
    };
    socket.on("data", read).once("close", closed);
    if (socket.destroyed) closed();
    else socket.write(next());
  });
}

/** Whether a response has arrived: by its length, or by the last chunk. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const lower = text.slice(0, head).toLowerCase();
  const at = lower.indexOf("\r\ncontent-length:");
  if (at === -1) return text.endsWith("0\r\n\r\n");
  return text.length - head - 4 >= Number.parseInt(lower.slice(at + 17), 10);
}
