/**
 * Load over real connections: several at once, each with one request under way. It must cost less than the server.
 * Otherwise the server sleeps between requests, and the bench measures how it wakes up. So there are no streams here,
 * and hardly any response is decoded.
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** Open connections that send the same few requests in turn. */
export interface Load {
  /** Sends for this long. Returns the number of responses. */
  readonly send: (path: string, milliseconds: number) => Promise<number>;
  readonly close: () => void;
}

/** Milliseconds that one connection has for all its requests of one `send`. */
const PATIENCE = 20_000;
const LARGEST_CHUNK = 64 * 1024;

/** A connection, and the listener to its data. */
interface Line {
  readonly socket: Socket;
  /** Gets each chunk, and undefined at the end. */
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

/** Sends one request after the other until the time is up. Returns the number of responses. */
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

/** Makes a function that tells whether a chunk completes a response. It returns a response whose status is not 200. */
function completion(): (chunk: Buffer) => string {
  let known = -1;
  let before = "";
  return (chunk) => {
    // The same path usually gets a response of the same length. Then two octets of the status are enough to look at.
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

/** Whether all of a response has arrived, by its length or by its last chunk. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const lower = text.slice(0, head).toLowerCase();
  const at = lower.indexOf("\r\ncontent-length:");
  if (at === -1) return text.endsWith("0\r\n\r\n");
  return text.length - head - 4 >= Number.parseInt(lower.slice(at + 17), 10);
}
