import { connect, type Socket } from "node:net";

/** Milliseconds after which a response counts as missing. */
export const ANSWER_DEADLINE: number = 10_000;

/**
 * Sends requests for one target on one connection, one after the other, each with a Cookie header or none. Returns the
 * bodies of the responses.
 */
export async function exchange(target: URL, cookies: readonly (string | undefined)[]): Promise<readonly string[]> {
  const socket = connect(Number(target.port), target.hostname);
  socket.setTimeout(ANSWER_DEADLINE, () => socket.destroy(new Error("no answer on the connection")));
  const read = reader(socket);
  try {
    const bodies: string[] = [];
    for (const cookie of cookies) {
      socket.write(requestText(target, cookie));
      bodies.push(await read());
    }
    return bodies;
  } finally {
    socket.destroy();
  }
}

function requestText({ pathname, search, host }: URL, cookie: string | undefined): string {
  const lines = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Returns a function that reads the next response. The server may not close the connection in between. */
function reader(socket: Socket): () => Promise<string> {
  let text = "";
  let failure: Error | undefined;
  let look: () => void = () => undefined;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  socket.on("error", (error) => (failure ??= error));
  socket.on("close", () => {
    failure ??= new Error("the server closed the connection");
    look();
  });
  return () =>
    new Promise((resolve, reject) => {
      look = () => {
        const body = wholeBody(text);
        if (body !== undefined) {
          text = "";
          resolve(body);
        } else if (failure !== undefined) reject(failure);
      };
      look();
    });
}

/** Returns the body of a response when it is complete. It has a Content-Length, or is one chunk. */
function wholeBody(text: string): string | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const rest = text.slice(end + 4);
  const told = /^content-length: *(\d+)$/m.exec(head)?.[1];
  if (told !== undefined) return rest.length >= Number(told) ? rest : undefined;
  if (!rest.endsWith("0\r\n\r\n")) return undefined;
  return rest.slice(rest.indexOf("\r\n") + 2, rest.lastIndexOf("\r\n0\r\n\r\n"));
}
