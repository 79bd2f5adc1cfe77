import { constants } from "node:http2";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { type BodySource, openBody, type StreamedBody } from "../../http/body.ts";
import type { NodeResponse } from "./messages.ts";

/**
 * Sends a body chunk by chunk, as fast as the client takes it, and ends the response. If the client leaves, the body is
 * cancelled.
 *
 * @throws the error of the body, after the connection is cut
 */
export async function sendStream(outgoing: NodeResponse, body: StreamedBody): Promise<void> {
  const source = openBody(body);
  const client = watchClient(outgoing, source.cancel);
  // A body that takes its time (events, for one) does not hold back the head.
  const headFirst = setImmediate(() => client.isGone() || flushHead(outgoing));
  try {
    await pump(source, outgoing, client);
  } catch (error) {
    if (client.isGone()) return;
    source.cancel();
    if (outgoing.headersSent) cutOff(outgoing);
    throw error;
  } finally {
    clearImmediate(headFirst);
    client.release();
  }
}

async function pump(source: BodySource, sink: Writable, client: Recipient): Promise<void> {
  for (;;) {
    const { done, value } = await source.next();
    if (client.isGone()) return;
    if (done) return void sink.end();
    if (!sink.write(value)) await client.isReady();
  }
}

/** The client at the other end of a response. */
interface Recipient {
  readonly isGone: () => boolean;
  /** Waits until there is room for more, or until the client has left. */
  readonly isReady: () => Promise<void>;
  readonly release: () => void;
}

function watchClient(outgoing: NodeResponse, onGone: () => void): Recipient {
  const sink: Writable = outgoing;
  const ends = [outgoing, ...connectionAhead(outgoing)];
  let gone = false;
  let goOn: () => void = () => undefined;
  const drained = (): void => goOn();
  const left = (): void => {
    gone = true;
    onGone();
    goOn();
  };
  sink.on("drain", drained);
  for (const end of ends) end.once("close", left);
  return {
    isGone: () => gone,
    isReady: async () => {
      if (!gone) await new Promise<void>((resolve) => (goOn = resolve));
    },
    release: () => {
      sink.off("drain", drained);
      for (const end of ends) end.off("close", left);
    },
  };
}

/** Returns the connection of a pipelined response, which waits behind another. Node does not tell it when that ends. */
function connectionAhead(outgoing: NodeResponse): readonly Socket[] {
  if ("stream" in outgoing || outgoing.socket !== null) return [];
  return [outgoing.req.socket.setMaxListeners(0)];
}

function flushHead(outgoing: NodeResponse): void {
  if (!outgoing.headersSent && "flushHeaders" in outgoing) outgoing.flushHeaders();
}

/** Cuts the connection, so that the client does not take the part that was sent for the whole. */
function cutOff(outgoing: NodeResponse): void {
  // An HTTP/2 stream that is merely destroyed ends like a complete one.
  if ("stream" in outgoing) return outgoing.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  const isDelimited = outgoing.chunkedEncoding || outgoing.hasHeader("content-length");
  if (isDelimited || !isReset(outgoing.socket)) outgoing.destroy();
}

/**
 * Resets a connection, if that is possible. In HTTP/1.0 an orderly end would look like the end of the body. TLS cannot
 * reset, but its client notices that the close_notify is missing.
 */
function isReset(socket: Socket | null): boolean {
  try {
    return socket?.resetAndDestroy() !== undefined;
  } catch {
    return false;
  }
}
