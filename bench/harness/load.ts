/**
 * Load over real connections: so many at once, each with one request under way. It has to cost less than the server
 * does, or the server sleeps between requests and what is measured is waking up: no streams, no text made of what came.
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** Requests without their end, sent in turn. */
export interface Load {
  /** Sends for so long; answers how many responses came. */
  readonly send: (path: string, milliseconds: number) => Promise<number>;
  readonly close: () => void;
}

/** Milliseconds for all that one connection is asked for at a time. */
const PATIENCE = 20_000;
const LARGEST_CHUNK = 64 * 1024;

/** A connection, and whom to tell what it brings. */
interface Line {
  readonly socket: Socket;
  /** Of each chunk, and of the end, which has none. */
  hear: (chunk: Buffer | undefined) => void;
}

/** Connects to a server of this machine. */
export async function connectLoad(port: number, cookies: readonly string[], connections: number): Promise<Load> {
  const lines = await Promise.all(Array.from({ length: connections }, () => open(port)));
  let turn = 0;
  const requestsOf = (path: string): (() => Buffer) => {
    const requests = cookies.map((cookie) => requestFor(path, cookie));
    return () => requests[turn++ % requests.length] ?? requestFor(path, "");
  };
  return {
    async send(path, milliseconds) {
      const next = requestsOf(path);
      const until = performance.now() + milliseconds;
      const counts = await Promise.all(lines.map((line) => converse(line, next, until)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    close() {
      for (const { socket } of lines) socket.destroy();
    },
  };
}

function requestFor(path: string, cookie: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`, "latin1");
}

function open(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const callback = (length: number, bytes: Uint8Array): boolean => {
      line.hear(Buffer.from(bytes.buffer, bytes.byteOffset, length));
      return true;
    };
    const onread = { buffer: Buffer.alloc(LARGEST_CHUNK), callback };
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread });
    const line: Line = { socket, hear: () => undefined };
    socket.once("connect", () => resolve(line)).once("error", reject);
    socket.once("close", () => line.hear(undefined));
  });
}

/** One request after the other until it is time; answers how many were answered. */
function converse(line: Line, next: () => Buffer, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const { socket } = line;
    let answered = 0;
    const completes = completion();
    const end = (error?: Error): void => {
      clearTimeout(patience);
      line.hear = () => undefined;
      if (error === undefined) resolve(answered);
      else reject(error);
    };
    const patience = setTimeout(() => end(new Error("no answer")), PATIENCE);
    line.hear = (chunk) => {
      if (chunk === undefined) return end(new Error("the server closed a connection"));
      const outcome = completes(chunk);
      if (outcome === "part") return;
      if (outcome !== "whole") return end(new Error(outcome));
      answered += 1;
      if (performance.now() < until) socket.write(next());
      else end();
    };
    if (socket.destroyed) line.hear(undefined);
    else socket.write(next());
  });
}

/** Tells of each chunk whether it completes a response of status 200; otherwise answers what came instead. */
function completion(): (chunk: Buffer) => string {
  let known = -1;
  let before = "";
  return (chunk) => {
    // The same path is answered at the same length, as a rule; then two octets of the status are all that is looked at.
    if (before === "" && chunk.length === known && chunk[9] === 0x32 && chunk[10] === 0x30) return "whole";
    const text = before + chunk.toString("latin1");
    before = text;
    if (!isWhole(text)) return "part";
    before = "";
    if (!text.startsWith("HTTP/1.1 200")) return text.slice(0, 200);
    known = text.length;
    return "whole";
  };
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
